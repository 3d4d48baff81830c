"""Django's view of this package."""

from django.apps import AppConfig


class RefundsConfig(AppConfig):
    name = "paydesk.domain.refunds"
    label = "refunds"

    def ready(self) -> None:
        from paydesk.domain.refunds import actions, case_answers, clocks, standing_answers
        from paydesk.foundation.approvals.steps import when_closed

        clocks.declare_kinds()
        case_answers.register()
        standing_answers.register()
        when_closed(actions.ENTITLE, actions.entitlement_ended)
        when_closed(actions.RELEASE, actions.release_ended)
