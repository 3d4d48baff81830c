"""Django's view of this package."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "paydesk.domain.cases"
    label = "cases"

    def ready(self) -> None:
        from paydesk.domain.cases import (
            hanging,
            other_cases,
            tasks,  # noqa: F401  registers its chores
        )
        from paydesk.domain.cases.clocks import declare_kinds

        declare_kinds()
        hanging.register()
        other_cases.register()
