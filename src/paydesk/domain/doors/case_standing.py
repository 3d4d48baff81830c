"""Where a case stands, for whoever wrote: that we have it, whether somebody looks, by when we answer."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from paydesk.domain.cases.models import Case
from paydesk.domain.cases.queries import code, survivor_of
from paydesk.domain.cases.rules import Level
from paydesk.domain.doors.asks import Standing, Step, tells_standing
from paydesk.foundation.clocks.queries import earliest_of


def register() -> None:
    """Make the answer known to the status page."""
    tells_standing("case", standing_of_case, level=Level.UNVERIFIED)


def standing_of_case(case_id: int, now: datetime) -> Standing | None:
    """Nothing of what was said, and nothing of a payment: whoever wrote may be anybody. Two queries."""
    case = Case.objects.filter(pk=case_id).first()
    if case is None:
        return None
    case = survivor_of(case)
    is_over = case.state in ("resolved", "closed")
    headline, what_next = _words(case, is_over)
    is_answered = case.first_answered_at is not None
    steps = [
        Step(_("We have your message"), "done", case.opened_at),
        Step(_("Somebody looks into it"), "done" if is_answered or is_over else "now"),
        Step(
            _("You were answered") if is_answered else _("We answer you"),
            "done" if is_answered else "stopped" if is_over else "next",
            case.first_answered_at,
        ),
        Step(_("Done"), "done" if is_over else "next", case.resolved_at if is_over else None),
    ]
    clock = None if is_over or case.unanswered_since is None else earliest_of("case", [case.pk]).get(case.pk)
    return Standing(
        title=_("Your message %(code)s") % {"code": code(case)},
        headline=headline,
        what_next=what_next,
        steps=steps,
        expected_by=clock.due_at if clock is not None and clock.due_at > now else None,
    )


def _words(case: Case, is_over: bool) -> tuple[str, str]:
    if is_over:
        return (
            _("We have finished this"),
            _("If it is not over for you, answer us: we go on where we stopped."),
        )
    if case.state == "waiting" and case.waits_for == "customer":
        return _("We wait for your answer"), _("Answer our last message, then we go on.")
    if case.state == "waiting" and case.waits_for == "provider":
        return (
            _("We asked the provider who moved the money"),
            _("As soon as they answer, we write to you. You need not do anything."),
        )
    if case.first_answered_at is not None and case.unanswered_since is None:
        return _("We are working on it"), _("We write to you when there is news. You need not do anything.")
    return _("We have your message"), _("Somebody reads it and answers you. You need not write again.")
