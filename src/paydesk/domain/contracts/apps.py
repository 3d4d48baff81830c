"""Django's view of this package."""

from django.apps import AppConfig


class ContractsConfig(AppConfig):
    name = "paydesk.domain.contracts"
    label = "contracts"

    def ready(self) -> None:
        from paydesk.foundation.audit import append_only

        append_only.declare("contracts_creditevent")
