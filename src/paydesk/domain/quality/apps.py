"""Django's view of this package."""

from django.apps import AppConfig


class QualityConfig(AppConfig):
    name = "paydesk.domain.quality"
    label = "quality"

    def ready(self) -> None:
        from paydesk.domain.quality import case_answers, forgetting, tasks  # noqa: F401  registers its chores
        from paydesk.domain.quality.queries import due_exams_of
        from paydesk.foundation.audit import append_only
        from paydesk.foundation.people.due_exams import answered_by

        for table in ("quality_attempt", "quality_scorecard", "quality_sampling_plan"):
            append_only.declare(table)
        answered_by(due_exams_of)
        case_answers.register()
        forgetting.register()
