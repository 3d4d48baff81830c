"""Django's view of this package."""

from django.apps import AppConfig


class StatementsConfig(AppConfig):
    name = "paydesk.domain.statements"
    label = "statements"

    def ready(self) -> None:
        from paydesk.foundation.audit import append_only

        append_only.declare("statements_lineconfirmation")
        append_only.declare("statements_statementline")
