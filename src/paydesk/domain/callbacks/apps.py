"""Django's view of this package."""

from django.apps import AppConfig


class CallbacksConfig(AppConfig):
    name = "paydesk.domain.callbacks"
    label = "callbacks"

    def ready(self) -> None:
        from paydesk.domain.callbacks import tasks  # noqa: F401  registers its handlers
        from paydesk.foundation.audit import append_only

        append_only.declare("callbacks_statusanswer")
