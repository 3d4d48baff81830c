"""The way of one payment: the provider's row, the file, received, identified, applied, what is left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import TYPE_CHECKING

from paydesk.domain.ledger.queries import EntryRow
from paydesk.domain.payments import rules
from paydesk.domain.payments.queries import PaymentStory
from paydesk.foundation.approvals.states import APPROVAL
from paydesk.kernel.lifecycle import words
from paydesk.kernel.money import Money
from paydesk.web.addresses import page_of
from paydesk.web.approvals.words import decided_words, words_of
from paydesk.web.payments.postings import Owners
from paydesk.web.payments.shown import ShownPayment
from paydesk.web.payments.trail import Names
from paydesk.web.refunds.shown import ShownRefund
from paydesk.web.sight import Looking

if TYPE_CHECKING:
    from paydesk.foundation.approvals.models import Approval


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


def timeline(
    each: ShownPayment,
    story: PaymentStory,
    waits: str,
    names: Names,
    eyes: Looking,
    owners: Owners,
    approvals: Sequence[Approval] = (),
    refunds: Sequence[ShownRefund] = (),
) -> list[Event]:
    """The steps in the order in which they happened; what is left, and what it waits for, stands last."""
    came, later = list(_came_in(each, names, eyes)), [
        *_identified(each, story, names, eyes, owners),
        *_applied(each, story, names),
        *_put_right(story, names, eyes, owners),
        *_decided(approvals, names),
        *_went_back(refunds, names),
    ]  # fmt: skip
    later.sort(key=lambda event: event.at)  # type: ignore[arg-type, return-value]  # all are instants
    return [*came, *later, *_left(each, waits)]


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


def _identified(
    each: ShownPayment, story: PaymentStory, names: Names, eyes: Looking, owners: Owners
) -> Iterator[Event]:
    payment = each.payment
    if any(leg.code == "2020" for entry in story.entries[:1] for leg in entry.postings):
        claims = [
            (
                claim.contract.account_number if claim.contract else eyes.name(claim.customer.name),
                claim.matched_key,
            )
            for claim in story.claims
        ]
        stopped = payment.rule == rules.PAYER_BLOCKED
        why = story.why if stopped else rules.why_suspense(claims)
        yield Event(payment.received_at, "held", "In suspense: payer unknown", why)
    else:
        first = story.entries[0] if story.entries else None
        name, url = _whose(first, False, eyes, owners)
        if not name and payment.customer is not None:
            name, url = eyes.name(payment.customer.name, payment), page_of("customer", payment.customer.pk)
        yield Event(
            payment.received_at,
            "settled",
            f"Payer: {name}",
            _why(each, story, eyes) if payment.rule != "by_hand" else "",
            url=url,
            by="Found by the desk",
        )
    for entry in story.entries:
        if entry.kind == "payment.identified":
            name, url = _whose(entry, False, eyes, owners)
            text = _why(each, story, eyes) if payment.customer_id and payment.rule == "by_hand" else ""
            yield Event(
                entry.posted_at,
                "settled",
                f"Payer: {name}",
                text,
                url=url,
                by=f"Named by {names[entry.actor]}",
            )


def _why(each: ShownPayment, story: PaymentStory, eyes: Looking) -> str:
    payment = each.payment
    return eyes.sentence(story.why, payment, names=[], phones=[payment.statement_line.msisdn])


def _whose(entry: EntryRow | None, debit: bool, eyes: Looking, owners: Owners) -> tuple[str, str]:
    """Whose balance one side of an entry is on: name and page; nothing where it is nobody's."""
    for leg in entry.postings if entry else ():
        if leg.code in ("2010", "2040") and (leg.debit is not None) is debit:
            owner = owners[leg.code, leg.key_id]
            return eyes.name(owner.name, ("customer", owner.id)), page_of("customer", owner.id)
    return "", ""


# What corrections post: (colour, title), the title with the name of whom the money left or went to.
CORRECTIONS = {
    "payment.unidentified": ("held", "Back in suspense: {left} was not the payer"),
    "payment.moved": ("moving", "Moved from {left} to {went}"),
    "payment.credited": ("settled", "Kept as credit of {went}"),
    "payment.reversed": ("returned", "Taken back"),
    "payment.reinstated": ("settled", "Stands again: our reversal was undone"),
    "payment.charged_back": ("returned", "Charged back"),
    "payment.unposted": ("returned", "Un-posted with its file"),
}


def _put_right(story: PaymentStory, names: Names, eyes: Looking, owners: Owners) -> Iterator[Event]:
    for entry in story.entries:
        if entry.kind in CORRECTIONS:
            family, title = CORRECTIONS[entry.kind]
            left, _ = _whose(entry, True, eyes, owners)
            went, url = _whose(entry, False, eyes, owners)
            amounts = [leg.debit for leg in entry.postings if leg.debit is not None]
            yield Event(
                entry.posted_at,
                family,
                title.format(left=left or "nobody", went=went or "nobody"),
                amount=sum(amounts[1:], amounts[0]) if amounts else None,
                url=url,
                by=f"By {names[entry.actor]}",
            )


def _decided(approvals: Sequence[Approval], names: Names) -> Iterator[Event]:
    """Who asked a second person for what, and what they said."""
    for approval in approvals:
        said = words_of(approval.kind)
        url = page_of("approval", approval.pk)
        asked = names[approval.asked_by]
        yield Event(approval.asked_at, "held", f"{asked} {said.asked}", approval.note, url=url)
        if approval.decided_at is not None:
            title = f"{names.get(approval.decided_by, '')} {decided_words(approval)}"
            if approval.state == "expired":
                title = "Nobody decided on it in time"
            yield Event(
                approval.decided_at, APPROVAL.family(approval.state), title, approval.decision_note, url=url
            )


REFUND_ENDS = {"paid": "Refund paid", "rejected": "Refund rejected", "cancelled": "Refund given up"}


def _went_back(refunds: Sequence[ShownRefund], names: Names) -> Iterator[Event]:
    """Refunds of it, as far as they came; the whole story of each is on its own page."""
    for each in refunds:
        refund = each.refund
        asked = f"{names[refund.requested_by]} asked for a refund"
        yield Event(refund.requested_at, "held", asked, each.reason, each.amount, each.url)
        if refund.approved_at is not None:
            by = f"Approved by {names.get(refund.approved_by, '')}"
            yield Event(
                refund.approved_at, "settled", "Refund approved", amount=each.amount, url=each.url, by=by
            )
        if refund.sent_at is not None:
            yield Event(refund.sent_at, "moving", "Refund sent", amount=each.amount, url=each.url)
        if refund.finished_at is not None:
            family = "returned" if refund.state == "paid" else each.family
            title = REFUND_ENDS.get(refund.state, each.word)
            yield Event(refund.finished_at, family, title, amount=each.amount, url=each.url)


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
    if each.credited and not any(e.kind == "payment.credited" for e in story.entries):
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
