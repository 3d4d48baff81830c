"""Django's view of this package."""

from django.apps import AppConfig


class HandReceiptsConfig(AppConfig):
    name = "paydesk.domain.hand_receipts"
    label = "hand_receipts"

    def ready(self) -> None:
        from paydesk.domain.hand_receipts import actions
        from paydesk.foundation.approvals.steps import when_closed

        when_closed(actions.RECEIVE, actions.request_ended)
