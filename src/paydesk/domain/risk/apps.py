"""Django's view of this package."""

from django.apps import AppConfig


class RiskConfig(AppConfig):
    name = "paydesk.domain.risk"
    label = "risk"

    def ready(self) -> None:
        from paydesk.domain.cases.asks import blocks_resolving
        from paydesk.domain.risk import tasks  # noqa: F401  registers its chore
        from paydesk.domain.risk.clocks import declare_kinds
        from paydesk.domain.risk.queries import blocks_of_escalation

        declare_kinds()
        blocks_resolving("escalation", blocks_of_escalation)
