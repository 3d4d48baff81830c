"""Django's view of this package."""

from django.apps import AppConfig


class RoutesConfig(AppConfig):
    name = "paydesk.reporting.routes"
    label = "routes"

    def ready(self) -> None:
        from paydesk.foundation.outbox import housekeeping
        from paydesk.reporting.routes.actions import measure_at_night

        housekeeping.every(1800, "measure routes")(measure_at_night)
