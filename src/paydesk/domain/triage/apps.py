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

        forgetting.register()
