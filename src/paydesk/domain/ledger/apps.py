"""Django's view of this package."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "paydesk.domain.ledger"
    label = "ledger"

    def ready(self) -> None:
        from paydesk.foundation.audit import append_only

        for table in ("ledger_entry", "ledger_posting", "ledger_account", "ledger_chart", "ledger_balance"):
            append_only.declare(table, insert=False)
