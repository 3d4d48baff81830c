"""Django's view of this package."""

from django.apps import AppConfig


class TwoFileRunsConfig(AppConfig):
    name = "paydesk.reporting.two_file_runs"
    label = "two_file_runs"
    verbose_name = "Two files reconciled"

    def ready(self) -> None:
        from paydesk.reporting.two_file_runs import tasks  # noqa: F401 - it registers what the worker does
