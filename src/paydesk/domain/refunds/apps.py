"""Django's view of this package."""

from django.apps import AppConfig


class RefundsConfig(AppConfig):
    name = "paydesk.domain.refunds"
    label = "refunds"

    def ready(self) -> None:
        from paydesk.domain.payments import explained_rows
        from paydesk.domain.refunds import (
            actions,
            case_answers,
            clocks,
            queries,
            standing_answers,
            tasks,  # noqa: F401  registers its handlers
        )
        from paydesk.domain.refunds.actions import by_rows
        from paydesk.foundation.approvals.steps import when_closed

        clocks.declare_kinds()
        case_answers.register()
        standing_answers.register()
        explained_rows.register(
            by_rows.EXPLAINED_AS, explained_rows.Explainer(queries.why_not_undone, by_rows.undo_rows)
        )
        when_closed(actions.ENTITLE, actions.entitlement_ended)
        when_closed(actions.RELEASE, actions.release_ended)
