"""Django's view of this package."""

from django.apps import AppConfig


class DisputesConfig(AppConfig):
    name = "paydesk.domain.disputes"
    label = "disputes"

    def ready(self) -> None:
        from paydesk.domain.disputes import (
            case_answers,
            clocks,
            queries,
            tasks,  # noqa: F401  registers its handlers
        )
        from paydesk.domain.disputes.actions import by_rows
        from paydesk.domain.payments import explained_rows

        clocks.declare_kinds()
        case_answers.register()
        for explained_as in (queries.MOVED, queries.FEE):
            explained_rows.register(
                explained_as, explained_rows.Explainer(queries.why_not_undone, by_rows.undo_rows)
            )
