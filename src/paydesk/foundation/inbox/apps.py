"""What came in by itself, stored before it is understood."""

from django.apps import AppConfig


class InboxConfig(AppConfig):
    name = "paydesk.foundation.inbox"
    label = "inbox"
    verbose_name = "Inbox"
