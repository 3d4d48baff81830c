"""Django's view of this package."""

from django.apps import AppConfig


class MarketplaceConfig(AppConfig):
    name = "paydesk.domain.marketplace"
    label = "marketplace"

    def ready(self) -> None:
        from paydesk.domain.marketplace import (
            actions,
            case_answers,
            forgetting,
            tasks,  # noqa: F401  registers its handlers
        )
        from paydesk.foundation.approvals.steps import when_closed
        from paydesk.foundation.audit import append_only

        append_only.declare("marketplace_marketevent")
        case_answers.register()
        forgetting.register()
        for kind in actions.APPROVED_BY_TWO:
            when_closed(kind, actions.ask_ended)
