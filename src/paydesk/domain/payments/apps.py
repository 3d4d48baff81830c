"""Django's view of this package."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "paydesk.domain.payments"
    label = "payments"

    def ready(self) -> None:
        from paydesk.domain.payments import (
            case_accounts,
            case_answers,
            standing_answers,
            tasks,  # noqa: F401  registers its handlers
        )
        from paydesk.domain.payments.clocks import declare_kinds
        from paydesk.foundation.audit import append_only

        for table in ("payments_allocation", "payments_claim", "payments_shownbalance"):
            append_only.declare(table)
        declare_kinds()
        case_answers.register()
        case_accounts.register()
        standing_answers.register()
