"""Django's view of this package."""

from django.apps import AppConfig


class DoorsConfig(AppConfig):
    name = "paydesk.domain.doors"
    label = "doors"

    def ready(self) -> None:
        from paydesk.domain.cases.reached_by import listens
        from paydesk.domain.doors import (
            case_standing,
            forgetting,
            tasks,  # noqa: F401  registers its chores
        )
        from paydesk.domain.doors.models import PhoneCall, StatusLink
        from paydesk.domain.doors.queries import visitor_is_there
        from paydesk.foundation.attached.queries import hangs_on

        case_standing.register()
        forgetting.register()
        for model in (PhoneCall, StatusLink):
            hangs_on("case", model)
        listens("chat", visitor_is_there)
