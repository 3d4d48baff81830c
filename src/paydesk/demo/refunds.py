"""A few refunds of the demo company, each taken as far as a desk has them on a morning, by the real verbs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import F

from paydesk.domain.payments.models import Payment
from paydesk.domain.refunds import actions
from paydesk.domain.refunds.models import Refund
from paydesk.domain.refunds.queries import code, float_of, pays_from
from paydesk.foundation.approvals.actions import reject_approval
from paydesk.foundation.approvals.queries import pending_about
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money

MARKET = "GH"
MOST_MINOR = 200_00  # of one refund: a lead decides on it
# What is asked for in turn, and how far it comes.
STORIES = (
    "paid", "failed", "unknown", "approved", "approved", "asked", "asked_for_a_relative", "rejected",
)  # fmt: skip


def refunds_of_the_morning(people: Mapping[str, Actor], at: datetime) -> list[Refund]:
    """Money goes back, first what nobody needed; `people` by role. Fewer where the company is small."""
    theirs = Payment.objects.filter(
        market=MARKET, state="received", statement_line__msisdn__startswith="233", reserved_minor=0
    ).select_related("statement_line", "customer")
    free = theirs.annotate(free=F("open_minor") + F("credited_minor")).order_by("-pk")
    most = len(STORIES)
    found = [*free.filter(free__gt=0)[:most], *free.filter(free=0)[:most]]
    done = [
        (story, _asked(payment, story, people["SU"], at))
        for story, payment in zip(STORIES, found, strict=False)
    ]
    going = []
    for n, (story, refund) in enumerate(done):
        later = at + timedelta(minutes=10 + n)
        approval = pending_about("refund", [refund.pk])[refund.pk]
        if story == "rejected":
            reject_approval(
                approval.pk, note="The next instalment is due; ask again.", by=people["TL"], now=later
            )
        elif not story.startswith("asked"):
            _approved(approval.pk, people["TL"], later)
            if story != "approved":
                going.append((story, refund))
    _paid_out(going, people, at + timedelta(minutes=30))
    return [refund for _, refund in done]


def _approved(approval_id: int, lead: Actor, now: datetime) -> None:
    """As a lead does it: what changed since it was asked for is looked at first."""
    try:
        actions.approve_refund(approval_id, by=lead, now=now)
    except actions.ChecksChangedRefused:
        actions.look_again(approval_id, by=lead, now=now)
        actions.approve_refund(approval_id, by=lead, now=now)


def _asked(payment: Payment, story: str, by: Actor, at: datetime) -> Refund:
    relative = story == "asked_for_a_relative"
    name = payment.statement_line.payer_name or (payment.customer.name if payment.customer else "")
    left = payment.open_minor + payment.credited_minor or payment.allocated_minor
    return actions.request_refund(
        payment.pk,
        amount=Money(min(left, MOST_MINOR), payment.currency),
        reason="overpaid" if payment.customer_id else "not_ours",
        note="Paid too much, asks for it back." if payment.customer_id else "Meant for another shop.",
        payee_kind="relative" if relative else "payer",
        payee_name=f"Abena {name.split()[-1].title()}" if relative and name else name or "Name not sent",
        payee_account=payment.statement_line.msisdn,
        rail="mobile_money",
        by=by,
        now=at,
    )


def _paid_out(going: Sequence[tuple[str, Refund]], people: Mapping[str, Actor], at: datetime) -> None:
    """One payout file, sent; the provider's result file tells of all but those without an answer."""
    analyst = people["AN"]
    total = sum(refund.amount_minor for _, refund in going)
    accounts = list(pays_from(analyst, MARKET, going[0][1].currency)) if going else []
    accounts.sort(key=lambda each: each.provider.kind == "bank")  # wallets first, they pay wallets
    account = next((each for each in accounts if float_of(each)[1].amount_minor >= total), None)
    if account is None:
        return
    payout = actions.request_release(
        [refund.pk for _, refund in going], source_account_id=account.pk, format="mobile_money_csv",
        by=analyst, now=at,
    )  # fmt: skip
    release = pending_about("payout_file", [payout.pk])[payout.pk]
    actions.approve_release(release.pk, by=people["FC"], now=at + timedelta(minutes=2))
    actions.send_payout_file(payout.pk, by=analyst, now=at + timedelta(minutes=4))
    said = {"paid": "Successful,BLK88120011,", "failed": "Failed,,Wallet is closed"}
    rows = [f"{code(refund)},{said[story]}" for story, refund in going if story in said]
    content = "\n".join(["Reference,Status,Transaction ID,Reason", *rows, ""]).encode()
    read = actions.read_results(content, by=analyst, now=at + timedelta(minutes=8))
    assert not [line for line in read if line.outcome == "rejected"], read
    for story, refund in going:
        if story == "unknown":
            actions.lose_track_of_refund(
                refund.pk, note="Not in the result file.", by=analyst, now=at + timedelta(minutes=9)
            )
