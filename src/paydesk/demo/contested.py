"""Payments of the demo company that cardholders contest: one due soon, others further on, one decided.

Their notices, evidence and decisions are invented, like all of it.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime, timedelta

from paydesk.domain.disputes import actions
from paydesk.domain.disputes.models import Dispute
from paydesk.domain.disputes.queries import wanted_of
from paydesk.domain.payments.models import Payment
from paydesk.foundation.documents.actions import store
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money

MARKET = "GH"
MOST_MINOR = 300_00
# Scheme and reason, days since the notice, and how far it is.
CONTESTED = (
    ("visa", "13.1", 26, "due"),
    ("mastercard", "4853", 5, "gathered"),
    ("visa", "10.4", 3, "asked"),
    ("mastercard", "4837", 6, "challenged"),
    ("visa", "13.6", 7, "won"),
    ("visa", "12.6.1", 1, "inquiry"),
)


def disputes_of_the_morning(people: Mapping[str, Actor], at: datetime) -> list[Dispute]:
    """As many of them as there are payments old enough, each of another customer."""
    made: list[Dispute] = []
    for n, (scheme, code, days, how_far) in enumerate(CONTESTED):
        notice_on = (at - timedelta(days=days)).date()
        free = Payment.objects.filter(
            market=MARKET, state="received", reserved_minor=0, refunded_minor=0, reversed_minor=0,
            customer__isnull=False, amount_minor__lte=MOST_MINOR,
        )  # fmt: skip
        others = [each.payment.customer_id for each in made]
        payment = free.exclude(customer__in=others).order_by("booked_on", "pk").first()
        if payment is None:
            break
        dispute = actions.open_dispute(
            payment.pk,
            amount=Money(payment.amount_minor, payment.currency),
            provider_ref=f"CB-{at:%y%m%d}-{n + 1}",
            scheme=scheme,
            reason_code=code,
            notice_on=max(notice_on, payment.booked_on),
            told_by=(at + timedelta(days=4)).date() if how_far == "due" else None,
            is_inquiry=how_far == "inquiry",
            note="The provider's notice, by e-mail.",
            by=people["SU"],
            now=at + timedelta(minutes=n),
        )
        _carry_on(dispute, how_far, people, at + timedelta(minutes=n))
        made.append(dispute)
    return made


def _carry_on(dispute: Dispute, how_far: str, people: Mapping[str, Actor], at: datetime) -> None:
    if how_far in ("due", "inquiry"):
        return
    support, lead = people["SU"], people["TL"]
    for n, kind in enumerate(wanted_of(dispute, ())):
        given = (
            {"absent_because": "Not kept for phones sold on instalments."}
            if n
            else {"document_id": _kept("Signed on delivery.", "delivery.txt", support, at)}
        )
        actions.give_evidence(dispute.pk, kind=kind, **given, by=support, now=at)  # type: ignore[arg-type]
    if how_far == "gathered":
        return
    approval = actions.request_challenge(dispute.pk, note="They have the phone.", by=support, now=at)
    if how_far == "asked":
        return
    actions.approve_challenge(approval.pk, by=lead, now=at)
    if how_far == "won":
        letter = _kept("The issuer withdrew its claim.", "decision.txt", support, at)
        actions.decide(
            dispute.pk, outcome="won", note="By e-mail.", document_id=letter, by=support, now=at
        )  # fmt: skip


def _kept(text: str, name: str, by: Actor, at: datetime) -> int:
    return store(
        io.BytesIO(text.encode()), filename=name, by=by, now=at, retention="evidence", market=MARKET
    ).pk
