"""Django's view of this package."""

from django.apps import AppConfig


class ReversalRequestsConfig(AppConfig):
    name = "paydesk.domain.reversal_requests"
    label = "reversal_requests"

    def ready(self) -> None:
        from paydesk.domain.reversal_requests import (
            case_answers,
            tasks,  # noqa: F401  registers its handlers
        )
        from paydesk.domain.reversal_requests.clocks import declare_kinds

        declare_kinds()
        case_answers.register()
