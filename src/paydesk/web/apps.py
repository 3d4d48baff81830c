"""The screens of the desk."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "paydesk.web"
    label = "web"
    verbose_name = "Screens"

    def ready(self) -> None:
        from paydesk.domain.cases.asks import says_facts
        from paydesk.web.sentences import fact

        says_facts(fact)
