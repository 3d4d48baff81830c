"""The way of one payment: the provider's row, the file, received, identified, applied, what is left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from paydesk.domain.payments import rules
from paydesk.domain.payments.queries import PaymentStory
from paydesk.kernel.lifecycle import words
from paydesk.kernel.money import Money
from paydesk.web.addresses import page_of
from paydesk.web.payments.shown import ShownPayment
from paydesk.web.payments.trail import Names
from paydesk.web.sight import Looking


@dataclass(frozen=True, slots=True)
class Event:
    """One step. `at` is None for what comes next (`waits`)."""

    at: datetime | date | None
    family: str
    title: str
    text: str = ""
    amount: Money | None = None
    url: str = ""
    by: str = ""
    waits: bool = False


def timeline(each: ShownPayment, story: PaymentStory, waits: str, names: Names, eyes: Looking) -> list[Event]:
    """The steps in the order in which they happened; what is left, and what it waits for, stands last."""
    return [
        *_came_in(each, names, eyes),
        *_identified(each, story, names, eyes),
        *_applied(each, story, names),
        *_left(each, waits),
    ]


def _came_in(each: ShownPayment, names: Names, eyes: Looking) -> Iterator[Event]:
    payment, line, account = each.payment, each.payment.statement_line, each.payment.source_account
    sent = [f"reference {line.reference} as typed" if line.reference else "no reference"]
    sent += [f"from {eyes.phone(line.msisdn, payment)}"] if line.msisdn else []
    sent += [eyes.name(line.payer_name, payment)] if line.payer_name else []
    yield Event(
        at=line.occurred_at or line.booked_on or line.value_on,
        family="moving",
        title=f"Paid at {account.provider.name}",
        text=f"{account.name}: {', '.join(sent)}",
        amount=each.amount,
    )
    yield Event(
        at=line.file.uploaded_at,
        family="moving",
        title=f"In {line.file.filename}, row {line.line_no:,}",
        url=page_of("file", line.file_id),
        by=f"Handed over by {names[line.file.uploaded_by]}",
    )
    yield Event(
        at=payment.received_at,
        family="settled",
        title="Received and posted",
        text=f"It counts from {_day(payment.value_on)}"
        + ("" if payment.booked_on == payment.value_on else f", booked {_day(payment.booked_on)}"),
        amount=each.amount,
    )


def _identified(each: ShownPayment, story: PaymentStory, names: Names, eyes: Looking) -> Iterator[Event]:
    payment = each.payment
    if payment.rule == "by_hand" or payment.customer is None:
        claims = [
            (
                claim.contract.account_number if claim.contract else eyes.name(claim.customer.name),
                claim.matched_key,
            )
            for claim in story.claims
        ]
        yield Event(payment.received_at, "held", "In suspense: payer unknown", rules.why_suspense(claims))
    if payment.customer is None:
        return
    entry = next((e for e in story.entries if e.kind == "payment.identified"), None)
    yield Event(
        at=entry.posted_at if entry else payment.received_at,
        family="settled",
        title=f"Payer: {eyes.name(payment.customer.name, payment)}",
        text=eyes.sentence(story.why, payment, names=[], phones=[payment.statement_line.msisdn]),
        url=page_of("customer", payment.customer.pk),
        by=f"Named by {names[entry.actor]}" if entry else "Found by the desk",
    )


def _applied(each: ShownPayment, story: PaymentStory, names: Names) -> Iterator[Event]:
    payment = each.payment
    for (_, at), found in groupby(story.allocations, key=lambda a: (a.entry_id, a.at)):
        for place, allocation in enumerate(found):
            item = allocation.due_item
            undone = allocation.amount_minor < 0
            how = f"Contract {item.contract.account_number}, oldest due first, by {names[allocation.actor]}"
            yield Event(
                at=at,
                family="returned" if undone else "settled",
                title=f"{'Taken back from' if undone else 'Applied to'} {item.kind} due {_day(item.due_on)}",
                text="" if place else how,
                amount=Money(allocation.amount_minor, payment.currency),
                url=page_of("contract", item.contract_id),
            )
    if each.credited:
        crediting = (e.posted_at for e in story.entries if any(p.code == "2040" for p in e.postings))
        yield Event(
            at=next(crediting, payment.received_at),
            family="settled",
            title="Kept as the customer's credit",
            text="The payer had no open contract that could take it.",
            amount=each.credited,
        )


def _left(each: ShownPayment, waits: str) -> Iterator[Event]:
    if each.payment.state != "received":
        yield Event(None, each.state.family, words(each.payment.state).capitalize())
    elif each.open:
        title = "Waits as unapplied cash" if each.payer_is_known else "Waits in suspense"
        what = waits if each.payer_is_known else "Until a person names the payer."
        yield Event(None, "held", title, what, each.open, waits=True)


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
