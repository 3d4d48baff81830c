"""Django's view of this package."""

from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "paydesk.domain.incidents"
    label = "incidents"

    def ready(self) -> None:
        from paydesk.domain.incidents import tasks  # noqa: F401  registers its handlers and chores
        from paydesk.domain.incidents.models import IncidentCase
        from paydesk.foundation.attached.queries import hangs_on

        hangs_on("case", IncidentCase)
