"""What a marketplace tells: each event taken in once and posted, or why it does not fit; parts of verbs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, QuerySet

from paydesk.domain.ledger.steps import Entry, Leg, post_entries
from paydesk.domain.marketplace import rules
from paydesk.domain.marketplace.models import LinkAttempt, MarketEvent, PlatformAsk, SellerOrder, Withdrawal
from paydesk.domain.marketplace.rules import Event
from paydesk.domain.marketplace.states import ASK, ORDER, WITHDRAWAL
from paydesk.domain.parties.models import Party
from paydesk.domain.providers.models import SourceAccount
from paydesk.foundation.audit import steps as audit
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.kernel.refused import TransitionRefused

CAUSE = "market_event"


class TooEarly(str):
    """A reason that may pass: the event it builds on has not come yet."""

    __slots__ = ()


@dataclass(slots=True)
class Taken:
    """What became of the rows: new ones, known ones, and those that cannot be with the reason.

    `events` are the ids of the events that rows are in the books by, by the number of the row.
    """

    new: int = 0
    known: int = 0
    rejected: list[tuple[int, str]] = field(default_factory=list)
    events: dict[int, int] = field(default_factory=dict)
    known_lines: set[int] = field(default_factory=set)


def take_in(
    account: SourceAccount, events: Sequence[Event], *, document_id: int | None, by: Actor, now: datetime
) -> Taken:
    """Take in events of the platform behind a locked account, in the order they happened.

    One that is known is passed over; where it says something else than the one that is known it is rejected.
    """
    known = {
        each.event_id: each
        for each in MarketEvent.objects.filter(
            source_account=account, event_id__in=[event.event_id for event in events]
        ).select_related("party")
    }
    taken, entries = Taken(), []
    asked = set(live_asks(account.market).values_list("party_id", flat=True))
    for event in sorted(events, key=lambda each: (each.at, each.line)):
        if (before := known.get(event.event_id)) is not None:
            if why := _contradiction(event, before):
                taken.rejected.append((event.line, why))
            else:
                taken.known += 1
                taken.known_lines.add(event.line)
                taken.events[event.line] = before.pk
            continue
        if why := rules.problem_with(event) or _problem_there(event, account):
            taken.rejected.append((event.line, why))
            continue
        party = _party(event, account, by, now)
        about = _apply(event, account, party)
        if isinstance(about, str):
            taken.rejected.append((event.line, about))
            continue
        made = MarketEvent.objects.create(
            source_account=account, event_id=event.event_id, kind=event.kind, party=party,
            amount_minor=event.amount_minor, fee_minor=event.fee_minor, currency=event.currency,
            about_kind=about[0], about_id=about[1] or None, at=event.at, document_id=document_id,
            line_no=event.line, taken_at=now,
        )  # fmt: skip
        known[event.event_id] = made
        if party.pk in asked:
            _answer(made)
        taken.events[event.line] = made.pk
        if entry := _entry(made, event, account, about, now):
            entries.append(entry)
        taken.new += 1
    if entries:
        post_entries(entries, by=by, at=now)
    if taken.new or taken.known or document_id is not None:  # what waits for another event changes nothing
        audit.record(
            "market_events.taken",
            subject=("source_account", account.pk),
            by=by,
            at=now,
            changes={"new": taken.new, "known": taken.known, "rejected": len(taken.rejected)},
            market=account.market,
        )
    return taken


def _contradiction(event: Event, before: MarketEvent) -> str:
    """Why an event that bears the id of a known one is not that one."""
    said = (event.kind, event.seller_ref, event.amount_minor, event.fee_minor, event.currency)
    stored = (before.kind, before.party.external_ref, before.amount_minor, before.fee_minor, before.currency)
    if said == stored:
        return ""
    return (
        f"event {event.event_id} was taken in before and said something else: {before.kind} of "
        f"{Money(before.amount_minor, before.currency)}. Ask the platform which is right."
    )


def _problem_there(event: Event, account: SourceAccount) -> str:
    """What speaks against it before anything is made of it, so that a row that waits leaves no seller."""
    if event.currency != account.currency:
        return f"currency is {event.currency}, but {account.name} is in {account.currency}."
    here = {"market": account.market}
    if event.kind == "order_available":
        if not SellerOrder.objects.filter(external_ref=event.order_ref, **here).exists():
            return TooEarly(f"order {event.order_ref} of this seller was not paid by any event before.")
    elif (
        event.kind in ("withdrawal_paid", "withdrawal_failed")
        and not Withdrawal.objects.filter(external_ref=event.withdrawal_ref, **here).exists()
    ):
        return TooEarly(
            f"withdrawal {event.withdrawal_ref} of this seller was not requested by any event before."
        )
    return ""


def _party(event: Event, account: SourceAccount, by: Actor, now: datetime) -> Party:
    made, _ = Party.objects.get_or_create(
        market=account.market,
        external_ref=event.seller_ref,
        defaults={
            "kind": event.seller_kind, "name": event.seller_name or event.seller_ref, "opened_at": now,
            "created_by": by.label,
        },
    )  # fmt: skip
    if event.seller_name and made.name == made.external_ref:
        made.name = event.seller_name  # an event that came first did not name them
        made.save(update_fields=["name"])
    return made


def _apply(event: Event, account: SourceAccount, party: Party) -> tuple[str, int] | str:
    """Move what the event is about: (kind, id) of it, or why it does not fit what is known."""
    if event.kind.startswith("order_"):
        return _order(event, account, party)
    if event.kind.startswith("withdrawal_"):
        return _withdrawal(event, account, party)
    if event.kind == "link_attempt":
        if LinkAttempt.objects.filter(market=account.market, external_ref=event.event_id).exists():
            return f"the attempt {event.event_id} was told already, by another account."
        made = LinkAttempt.objects.create(
            market=account.market, party=party, external_ref=event.event_id, method=event.method,
            state="failed" if event.reason_code else "linked", reason_code=event.reason_code,
            reason=event.reason, at=event.at,
        )  # fmt: skip
        return "link_attempt", made.pk
    return "", 0


def _order(event: Event, account: SourceAccount, party: Party) -> tuple[str, int] | str:
    order = SellerOrder.objects.filter(market=account.market, external_ref=event.order_ref).first()
    if event.kind == "order_paid":
        if order is not None:
            return f"order {event.order_ref} was paid already, by another event."
        made = SellerOrder.objects.create(
            market=account.market, party=party, external_ref=event.order_ref,
            amount_minor=event.amount_minor, fee_minor=event.fee_minor, currency=event.currency,
            paid_at=event.at,
        )  # fmt: skip
        return "order", made.pk
    if order is None or order.party_id != party.pk:
        return f"order {event.order_ref} of this seller was not paid by any event before."
    if event.amount_minor != order.amount_minor - order.fee_minor:
        return f"the seller's part of order {event.order_ref} is another amount."
    return _moved(order, ORDER.after, "make_available", "order", event, available_at=event.at)


def _withdrawal(event: Event, account: SourceAccount, party: Party) -> tuple[str, int] | str:
    ref = event.withdrawal_ref
    found = Withdrawal.objects.filter(market=account.market, external_ref=ref).first()
    if event.kind == "withdrawal_requested" and found is not None and found.state == "failed":
        if found.party_id != party.pk or event.amount_minor != found.amount_minor:
            return f"withdrawal {ref} failed before and was of another seller or amount."
        return _moved(
            found, WITHDRAWAL.after, "request_again", "withdrawal", event, ended_at=None, reason_code="",
            reason="",
        )  # fmt: skip
    if event.kind == "withdrawal_requested":
        if found is not None:
            return f"withdrawal {ref} was requested already, by another event."
        made = Withdrawal.objects.create(
            market=account.market, party=party, external_ref=ref, amount_minor=event.amount_minor,
            currency=event.currency, method=event.method, requested_at=event.at,
        )  # fmt: skip
        return "withdrawal", made.pk
    if found is None or found.party_id != party.pk:
        return f"withdrawal {ref} of this seller was not requested by any event before."
    if event.amount_minor != found.amount_minor:
        return f"withdrawal {ref} is of another amount."
    verb = "pay" if event.kind == "withdrawal_paid" else "fail"
    return _moved(
        found, WITHDRAWAL.after, verb, "withdrawal", event, ended_at=event.at,
        reason_code=event.reason_code, reason=event.reason,
    )  # fmt: skip


def live_asks(market: str) -> QuerySet[PlatformAsk]:
    """What the platform was or may be asked in a market, and has not answered."""
    return PlatformAsk.objects.filter(market=market, state__in=("approved", "told"))


def _answer(made: MarketEvent) -> None:
    """What this event says was asked for: it is answered."""
    asks = live_asks(made.party.market).filter(party=made.party, kind__in=rules.ANSWERS.get(made.kind, ()))
    same = Q(withdrawal=None, amount_minor=made.amount_minor, currency=made.currency)
    if made.about_kind == "withdrawal":
        same |= Q(withdrawal_id=made.about_id)
    for ask in asks.filter(same):
        ask.state, ask.answer, ask.answered_at = ASK.after("answer", ask.state), made, made.at
        ask.save(update_fields=["state", "answer", "answered_at"])


def _moved(
    thing: SellerOrder | Withdrawal, after: object, verb: str, kind: str, event: Event, **fields: object
) -> tuple[str, int] | str:
    assert callable(after)
    try:
        thing.state = after(verb, thing.state)
    except TransitionRefused as refused:
        return refused.text
    for name, value in fields.items():
        setattr(thing, name, value)
    thing.save(update_fields=["state", *fields])
    return kind, thing.pk


def _entry(
    made: MarketEvent, event: Event, account: SourceAccount, about: tuple[str, int], now: datetime
) -> Entry | None:
    legs = rules.legs_of(event)
    if not legs:
        return None
    keys = {rules.CLEARING: account.pk, rules.FLOAT: account.pk, rules.TRANSIT: account.pk, rules.FEES: 0}
    return Entry(
        kind=f"market.{event.kind}",
        market=account.market,
        booked_on=now.date(),
        value_on=event.at.date(),
        cause_kind=CAUSE,
        cause_id=made.pk,
        idempotency_key=f"market:{made.pk}",
        legs=[
            Leg(
                code, keys.get(code, made.party_id), minor, event.currency,
                about[1] if code == rules.TRANSIT else None,
            )
            for code, minor in legs
        ],
    )  # fmt: skip
