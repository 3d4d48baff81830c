"""Django's view of this package."""

from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "paydesk.domain.incidents"
    label = "incidents"

    def ready(self) -> None:
        from paydesk.domain.incidents import tasks  # noqa: F401  registers its handlers and chores
