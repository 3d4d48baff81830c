"""Django's view of this package."""

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "paydesk.foundation.approvals"
    label = "approvals"
    verbose_name = "Approvals"
