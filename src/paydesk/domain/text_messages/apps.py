"""Django's view of this package."""

from django.apps import AppConfig


class TextMessagesConfig(AppConfig):
    name = "paydesk.domain.text_messages"
    label = "text_messages"

    def ready(self) -> None:
        from paydesk.domain.text_messages import forgetting, tasks  # noqa: F401

        forgetting.register()
