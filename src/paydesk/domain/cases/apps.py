"""Django's view of this package."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "paydesk.domain.cases"
    label = "cases"

    def ready(self) -> None:
        from paydesk.domain.cases import (
            hanging,
            tasks,  # noqa: F401  registers its chores
        )
        from paydesk.domain.cases.clocks import declare_kinds

        declare_kinds()
        hanging.register()
