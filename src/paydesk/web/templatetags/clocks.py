"""How long is left: "due in 3 h", "2 d late", "paused", with the arithmetic to read on hover."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _

from paydesk.foundation.clocks.queries import ClockStanding
from paydesk.web.language import spoken

register = template.Library()
SOON_SECONDS = 3600
MUCH_PERCENT = 80


@register.inclusion_tag("components/due.html")
def due(standing: ClockStanding | None, told: str = "") -> dict[str, Any]:
    """`{% due row.standing %}`: nothing for None. The page counts on by itself. `told` is for the hover."""
    if standing is None:
        return {"standing": None}
    return {
        "standing": standing,
        "told": spoken(told or standing.arithmetic),
        "words": due_words(standing.clock.due_at),
        "tone": tone(standing),
    }


@register.inclusion_tag("components/used.html")
def used(standing: ClockStanding) -> dict[str, Any]:
    """`{% used row.standing %}`: how much of the time is used, as a bar."""
    bar = tone(standing) or ("soon" if standing.used_percent >= MUCH_PERCENT else "")
    return {"standing": standing, "tone": bar}


def tone(standing: ClockStanding) -> str:
    """The class of a clock: late, paused, soon (less than an hour left) or none."""
    if standing.state in ("breached", "paused"):
        return {"breached": "late", "paused": "paused"}[standing.state]
    return "soon" if (standing.clock.due_at - timezone.now()).total_seconds() < SOON_SECONDS else ""


def due_words(due_at: datetime) -> str:
    """The same words as the page's own script keeps current."""
    seconds = int((due_at - timezone.now()).total_seconds())
    rest = abs(seconds)
    if rest < 60:
        return _("just late") if seconds < 0 else _("due now")
    if rest < 3600:
        span = _("%s min") % (rest // 60)
    else:
        span = _("%s h") % (rest // 3600) if rest < 172_800 else _("%s d") % (rest // 86_400)
    return _("%s late") % span if seconds < 0 else _("due in %s") % span
