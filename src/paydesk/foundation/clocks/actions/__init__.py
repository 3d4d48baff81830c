"""Verbs on clocks: calendars and policies in new versions; one clock by hand; escalations."""

from paydesk.foundation.clocks.actions.by_hand import (
    DUE,
    PAUSE,
    pause_clock,
    resume_clock,
    set_due,
    waive_clock,
)
from paydesk.foundation.clocks.actions.escalations import (
    ACKNOWLEDGE,
    acknowledge_escalation,
    fire_escalations,
)
from paydesk.foundation.clocks.actions.versions import (
    SETTINGS,
    extend_calendars,
    follow_delivered_policies,
    set_calendar,
    set_policy,
)

__all__ = [
    "ACKNOWLEDGE",
    "DUE",
    "PAUSE",
    "SETTINGS",
    "acknowledge_escalation",
    "extend_calendars",
    "fire_escalations",
    "follow_delivered_policies",
    "pause_clock",
    "resume_clock",
    "set_calendar",
    "set_due",
    "set_policy",
    "waive_clock",
]
