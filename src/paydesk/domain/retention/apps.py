"""Django's view of this package."""

from django.apps import AppConfig


class RetentionConfig(AppConfig):
    name = "paydesk.domain.retention"
    label = "retention"

    def ready(self) -> None:
        from paydesk.domain.retention import tasks  # noqa: F401  registers its handler and its chore
