"""Django's view of this package."""

from django.apps import AppConfig


class ClocksConfig(AppConfig):
    name = "paydesk.foundation.clocks"
    label = "clocks"
    verbose_name = "Clocks"

    def ready(self) -> None:
        from paydesk.foundation.audit import append_only

        for table in ("clocks_calendar", "clocks_policy"):
            append_only.declare(table)
