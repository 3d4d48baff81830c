"""Messages and jobs, stored with the change and delivered after commit."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "paydesk.foundation.outbox"
    label = "outbox"
    verbose_name = "Outbox and jobs"
