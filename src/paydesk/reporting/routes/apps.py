"""Django's view of this package."""

from django.apps import AppConfig


class RoutesConfig(AppConfig):
    name = "paydesk.reporting.routes"
    label = "routes"

    def ready(self) -> None:
        from paydesk.reporting.routes import tasks  # noqa: F401  registers its chore
