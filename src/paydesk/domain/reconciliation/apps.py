"""Django's view of this package."""

from django.apps import AppConfig


class ReconciliationConfig(AppConfig):
    name = "paydesk.domain.reconciliation"
    label = "reconciliation"

    def ready(self) -> None:
        from paydesk.domain.reconciliation import (
            case_answers,
            case_finding,
            tasks,  # noqa: F401  registers its handlers
        )
        from paydesk.domain.reconciliation.actions.rules import rules_request_ended
        from paydesk.domain.reconciliation.actions.signing import request_ended
        from paydesk.domain.reconciliation.clocks import declare_kinds
        from paydesk.domain.reconciliation.states import ADJUST, CHANGE_RULES, REOPEN, SIGN
        from paydesk.foundation.approvals.steps import when_closed

        case_answers.register()
        case_finding.register()
        declare_kinds()
        for kind in (SIGN, REOPEN):
            when_closed(kind, request_ended)
        when_closed(CHANGE_RULES, rules_request_ended)
        assert ADJUST  # no approval about an exception holds anything, so nothing is let go
