"""Django's view of this package."""

from django.apps import AppConfig


class GoodwillConfig(AppConfig):
    name = "paydesk.domain.goodwill"
    label = "goodwill"

    def ready(self) -> None:
        from paydesk.domain.goodwill import actions, case_answers, forgetting
        from paydesk.foundation.approvals.steps import when_closed

        case_answers.register()
        forgetting.register()
        when_closed(actions.GIVE, actions.request_ended)
