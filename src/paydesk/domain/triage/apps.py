"""Django's view of this package."""

from django.apps import AppConfig


class TriageConfig(AppConfig):
    name = "paydesk.domain.triage"
    label = "triage"

    def ready(self) -> None:
        from paydesk.domain.triage import (
            forgetting,
            tasks,  # noqa: F401  registers its handlers and chores
        )
        from paydesk.domain.triage.models import Escalation, Suggestion
        from paydesk.foundation.attached.queries import hangs_on

        forgetting.register()
        hangs_on("case", Escalation)
        hangs_on("case", Suggestion)
