"""Reads about reviews: the scorecard that counts, who did the work on a case, what became of its money."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Q, QuerySet, Subquery

from paydesk.domain.cases.asks import Compensation, Link, compensations_of
from paydesk.domain.cases.models import Case, Message
from paydesk.domain.cases.queries import cases, link_pairs
from paydesk.domain.ledger.queries import EntryRow, entries_about
from paydesk.domain.quality.review_models import Calibration, Review, SamplingPlan, Scorecard
from paydesk.domain.quality.review_rules import DELIVERED_OF, Item, Plan
from paydesk.domain.quality.states import COUNTED
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money

SEES_ALL = "reviews.score:view"


def items_in(scorecard: Scorecard) -> list[Item]:
    return [Item.from_json(known) for known in scorecard.items]


def current_scorecard(of: str = "case") -> Scorecard | None:
    """The newest version; None while the delivered one is not written down yet. One query."""
    return Scorecard.objects.filter(of=of).order_by("-version").first()


def current_items(of: str = "case") -> list[Item]:
    """What reviews of cases, or of escalations, look at now; one query."""
    known = current_scorecard(of)
    return items_in(known) if known else list(DELIVERED_OF[of])


def current_plan() -> tuple[int, Plan]:
    """(version, plan) that counts now; version 0 is the delivered one. One query."""
    known = SamplingPlan.objects.order_by("-version").first()
    return (known.version, Plan.from_json(known.plan)) if known else (0, Plan())


def reviews(actor: Actor) -> QuerySet[Review]:
    """Reviews that the actor may see: those of their markets for whoever scores, else the scored ones of
    their own work. Of a calibration only what they score themselves until both are. No order."""
    found = Review.objects.select_related("case", "agent", "scorecard", "calibration")
    found = found.filter(case__in=cases(actor).values("pk"))
    if not actor.may(SEES_ALL):
        return found.filter(agent_id=actor.id, state__in=COUNTED, calibration=None)
    open_ones = Review.objects.filter(calibration=OuterRef("calibration"), state="waiting").values("pk")[:1]
    blind = Q(calibration__isnull=True) | Q(reviewer_id=actor.id) | Q(waits=None)
    return found.annotate(waits=Subquery(open_ones)).filter(blind)


def review_for(actor: Actor, review_id: int) -> Review:
    """Raises Review.DoesNotExist for what the actor may not see."""
    return reviews(actor).get(pk=review_id)


def count_to_do(actor: Actor) -> int:
    """What waits for this person: reviews to score, appeals to settle, their own to read. One query."""
    waits = Q(agent_id=actor.id, state="scored", calibration=None)
    if actor.may("reviews.score"):
        waits |= Q(state="waiting") & (Q(calibration=None) | Q(reviewer_id=actor.id)) & ~Q(agent_id=actor.id)
    if actor.may("reviews.settle:check"):
        waits |= Q(state="appealed") & ~Q(reviewer_id=actor.id) & ~Q(agent_id=actor.id)
    return reviews(actor).filter(waits).count()


def calibration_of(actor: Actor, calibration_id: int) -> tuple[Calibration, list[Review]] | None:
    """A calibration with its two reviews once both are scored; None before, or where it is not seen."""
    both = list(reviews(actor).filter(calibration_id=calibration_id).order_by("pk"))
    if len(both) < 2 or any(each.state == "waiting" for each in both) or both[0].calibration is None:
        return None
    return both[0].calibration, both


def with_agent(found: QuerySet[Case]) -> QuerySet[Case]:
    """Cases with `agent`, the label of whoever said the last public word for us ("person:7"); None where no
    person did."""
    ours = Q(direction="out") | Q(outcome="answered")  # also of a call that came in
    said = Message.objects.filter(
        ours, case=OuterRef("pk"), is_public=True, is_automatic=False, author__startswith="person:"
    )
    return found.annotate(agent=Subquery(said.order_by("-at", "-pk").values("author")[:1]))


def person_in(label: str | None) -> int | None:
    """7 for "person:7"."""
    kind, _, number = (label or "").partition(":")
    return int(number) if kind == "person" and number.isdigit() else None


# Money


@dataclass(frozen=True, slots=True)
class MoneyOutcome:
    """What became of the money a case is about, from the books: amounts per currency, and every entry.

    Refunded is what was paid out less what came back; lost is what stands on our expense accounts for it.
    """

    agreed: Sequence[Money]
    refunded: Sequence[Money]
    moved: Sequence[Money]
    goodwill: Sequence[Money]
    lost: Sequence[Money]
    entries: Sequence[EntryRow]
    compensations: Sequence[Compensation]


_SIGNS = {
    "refund.approved": ("agreed", 1), "refund.cancelled": ("agreed", -1), "refund.paid": ("refunded", 1),
    "refund.bounced": ("refunded", -1), "payment.moved": ("moved", 1), "goodwill.given": ("goodwill", 1),
    "goodwill.undone": ("goodwill", -1),
}  # fmt: skip


def money_outcome(case: Case, now: datetime) -> MoneyOutcome:
    """From what the case is about and what was given for it; entries of payments since it was opened."""
    about = link_pairs(case.pk)
    given = compensations_of([*about, ("case", case.pk)], now)
    causes: list[Link] = list(dict.fromkeys([*about, *(each.link for each in given)]))
    entries = [
        entry
        for kind, number in causes
        if kind in ("payment", "refund", "goodwill")
        for entry in entries_about(kind, number)
        if kind != "payment" or entry.posted_at >= case.opened_at
    ]
    sums: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for entry in entries:
        name, sign = _SIGNS.get(entry.kind, ("", 0))
        for leg in entry.postings:
            if name and leg.debit is not None:
                sums[name][leg.debit.currency] += sign * leg.debit.amount_minor
            if leg.code.startswith("5"):
                amount = leg.debit or leg.credit
                assert amount is not None, "a posting is a debit or a credit"
                sums["lost"][amount.currency] += (
                    amount.amount_minor if leg.debit is not None else -amount.amount_minor
                )
    amounts = {
        name: [Money(minor, currency) for currency, minor in sorted(found.items()) if minor]
        for name, found in sums.items()
    }
    return MoneyOutcome(
        *(amounts.get(name, []) for name in ("agreed", "refunded", "moved", "goodwill", "lost")),
        sorted(entries, key=lambda entry: entry.id), given,
    )  # fmt: skip
