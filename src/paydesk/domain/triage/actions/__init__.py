"""Verbs before the work on a case: learning categories, suggesting one, raising what goes to risk at once."""

from paydesk.domain.triage.actions.escalating import acknowledge_escalation, raise_escalations
from paydesk.domain.triage.actions.learning import ask_to_learn, give_up, keep_learnt
from paydesk.domain.triage.actions.suggesting import keep_suggestion, mark_filled
from paydesk.domain.triage.actions.trees import edit_category, edit_group

__all__ = [
    "acknowledge_escalation",
    "ask_to_learn",
    "edit_category",
    "edit_group",
    "give_up",
    "keep_learnt",
    "keep_suggestion",
    "mark_filled",
    "raise_escalations",
]
