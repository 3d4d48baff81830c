"""What refunds answer at the doors: where a refund stands, in the words of whoever waits for the money."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from paydesk.domain.cases.rules import Level
from paydesk.domain.doors.asks import Standing, Step, tells_standing
from paydesk.domain.refunds.models import Refund
from paydesk.domain.refunds.queries import CODE_PREFIX
from paydesk.foundation.clocks.queries import earliest_of
from paydesk.kernel.money import Money
from paydesk.kernel.public_codes import code_of

WAY = ("requested", "approved", "sent", "paid")
# How far on WAY a state is.
REACHED = {
    "requested": 0, "under_review": 0, "failed": 1, "approved": 1, "released": 1, "sent": 2, "unknown": 2,
    "paid": 3,
}  # fmt: skip


def register() -> None:
    """Make the answer known to the doors."""
    tells_standing("refund", standing_of_refund, level=Level.TWO_FACTS)


def standing_of_refund(refund_id: int, now: datetime) -> Standing | None:
    """Asked for, agreed, sent, paid, each with its time; where it goes is not said. Two queries."""
    refund = Refund.objects.filter(pk=refund_id).first()
    if refund is None:
        return None
    headline, what_next = _words(refund.state)
    way = [
        (_("Asked for"), refund.requested_at),
        (_("Agreed"), refund.approved_at),
        (_("Sent to the provider"), refund.sent_at),
        (_("Paid"), refund.finished_at if refund.state == "paid" else None),
    ]
    is_stopped = refund.state in ("rejected", "cancelled")
    if is_stopped:
        word = _("Not agreed") if refund.state == "rejected" else _("Called off")
        steps = [Step(way[0][0], "done", way[0][1]), Step(word, "stopped", refund.finished_at)]
    else:
        at = REACHED[refund.state]
        steps = [
            Step(words, "done" if n <= at else "now" if n == at + 1 else "next", when if n <= at else None)
            for n, (words, when) in enumerate(way)
        ]
    clock = earliest_of("refund", [refund.pk]).get(refund.pk) if not is_stopped else None
    return Standing(
        title=_("Your refund %(code)s") % {"code": code_of(CODE_PREFIX, refund.pk)},
        headline=headline,
        what_next=what_next,
        steps=steps,
        details=[(_("Amount"), str(Money(refund.amount_minor, refund.currency)))],
        expected_by=clock.due_at if clock is not None and clock.due_at > now else None,
    )


def _words(state: str) -> tuple[str, str]:
    if state in ("requested", "under_review"):
        return _("We look into your refund"), _("Two people of ours decide on it, then it is sent.")
    if state == "approved":
        return _("Your refund is agreed"), _("It goes out with the next payments.")
    if state == "released":
        return _("Your refund is on its way to the provider"), _("The provider pays it out to you.")
    if state == "sent":
        return (
            _("Your refund was sent"),
            _("The provider pays it out and tells us. You need not do anything."),
        )
    if state == "unknown":
        return (
            _("The provider has not told us whether your refund arrived"),
            _("We ask them. It is not sent a second time before we know."),
        )
    if state == "paid":
        return (
            _("Your refund was paid"),
            _("If you do not see it, look at the account or number that you paid from, then write to us."),
        )
    if state == "failed":
        return (
            _("Your refund could not be paid"),
            _("We look for another way and write to you if we need something from you."),
        )
    if state == "rejected":
        return _("Your refund was not agreed"), _("We wrote to you why. If you see it otherwise, answer us.")
    return _("Your refund was called off"), _("If you did not ask for this, write to us.")
