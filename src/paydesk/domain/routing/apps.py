"""Django's view of this package."""

from django.apps import AppConfig


class RoutingConfig(AppConfig):
    name = "paydesk.domain.routing"
    label = "routing"

    def ready(self) -> None:
        from paydesk.domain.routing import tasks  # noqa: F401  registers its chores
        from paydesk.domain.routing.models import Routed
        from paydesk.foundation.attached.queries import hangs_on

        hangs_on("case", Routed)
