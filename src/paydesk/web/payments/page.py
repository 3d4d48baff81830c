"""What the page of one payment shows, put together from its story."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest
from django.utils import timezone

from paydesk.domain.contracts.queries import ContractStanding, contracts_of, standings
from paydesk.domain.payments.queries import payment_for, similar_to, story_of, sub_accounts, why_open
from paydesk.domain.payments.states import PAYMENT
from paydesk.domain.refunds.queries import refunds_of_payment
from paydesk.domain.reversal_requests.queries import requests_of_payment
from paydesk.foundation.approvals.queries import approvals_of
from paydesk.foundation.approvals.states import APPROVAL
from paydesk.kernel.actor import Actor
from paydesk.web.access import Gate, actor_of, gate, gate_to_ask
from paydesk.web.addresses import page_of
from paydesk.web.approvals.words import words_of
from paydesk.web.clocks.chips import chips_of
from paydesk.web.disputes.shown import SEE as SEE_DISPUTES
from paydesk.web.disputes.shown import of_payment
from paydesk.web.payments.acts import acts_of
from paydesk.web.payments.postings import shown_entries
from paydesk.web.payments.shown import shown
from paydesk.web.payments.similar import shown_similar
from paydesk.web.payments.timeline import timeline
from paydesk.web.payments.trail import Names, names_in, shown_records
from paydesk.web.queues.subjects import subject_of
from paydesk.web.queues.work import work_of
from paydesk.web.refunds.shown import all_shown as all_refunds_shown
from paydesk.web.reversal_requests.shown import SEE, ShownRequest
from paydesk.web.reversal_requests.shown import shown as request_shown
from paydesk.web.sight import Looking, looking

if TYPE_CHECKING:
    from paydesk.domain.payments.models import Payment
    from paydesk.foundation.approvals.models import Approval

MOST_APPROVALS = 20


def payment_or_404(actor: Actor, payment_id: int) -> Payment:
    """The payment, as far as the actor may see it; one of another market is not there."""
    try:
        return payment_for(actor, payment_id)
    except ObjectDoesNotExist:
        raise Http404("There is no such payment in your markets.") from None


def page_context(request: HttpRequest, payment_id: int) -> dict[str, Any]:
    """Everything about one payment; the number of queries does not depend on the payment."""
    actor = actor_of(request)
    payment = payment_or_404(actor, payment_id)
    story = story_of(payment)
    approvals = list(approvals_of("payment", payment.pk)[:MOST_APPROVALS])
    refunds = all_refunds_shown(refunds_of_payment(payment.pk))
    similar = similar_to(payment)
    disputes = of_payment(payment.pk)
    names = names_in(story, approvals, refunds, [each.on_purpose_by for each in similar])
    owners = sub_accounts(story.entries)
    waiting = {each.kind: each for each in approvals if each.state == APPROVAL.start}
    waits = why_open([payment]).get(payment.pk, "")
    each, eyes = shown(payment), looking(request)
    return {
        "each": each,
        "payment": payment,
        "story": story,
        "waits": waits,
        "events": timeline(each, story, waits, names, eyes, owners, approvals, refunds),
        "acts": acts_of(actor, story, waiting, is_contested=any(each.is_open for each in disputes)),
        "asked": [waits_for(approval, names) for approval in waiting.values()],
        "ledger": gate(actor, "ledger:view"),
        "entries": shown_entries(story.entries, names, eyes, owners),
        "records": shown_records(story, names),
        "contracts": contracts_beside(actor, payment),
        "refunds": refunds,
        "disputes": disputes if actor.may(SEE_DISPUTES) else [],
        "reversal_requests": requests_on(actor, payment),
        "raw": masked_raw(payment, eyes),
        "apply": may_apply(actor, payment),
        "similar": shown_similar(similar, names),
        "may_answer": gate(actor, "payments.allocate").allowed,
        "at_query": "",
        "chips": chips_of(actor, "payment", payment.pk, timezone.now()),
        "work": work_of(actor, subject_of("payment", payment)),
    }


@dataclass(frozen=True, slots=True)
class WaitsFor:
    """A request about this payment that a second person decides on."""

    words: str
    by: str
    at: datetime
    note: str
    url: str


def waits_for(approval: Approval, names: Names) -> WaitsFor:
    return WaitsFor(
        words_of(approval.kind).one,
        names[approval.asked_by],
        approval.asked_at,
        approval.note,
        page_of("approval", approval.pk),
    )


def masked_raw(payment: Payment, eyes: Looking) -> Raw:
    """The row as the file has it, less what this person may not see."""
    line = payment.statement_line
    raw = raw_of(line.raw)
    if not raw.cells:
        return Raw([], eyes.row(raw.text, payment))
    seen = eyes.row(dict(raw.cells), payment, (line.payer_name, line.msisdn))
    return Raw(list(seen.items()))


def requests_on(actor: Actor, payment: Payment) -> list[ShownRequest]:
    """The reversal requests of a payment, newest first, for whoever may see them."""
    if not actor.may(SEE):
        return []
    return [request_shown(each) for each in requests_of_payment(payment.pk)]


def may_apply(actor: Actor, payment: Payment) -> Gate:
    """Whether this person may identify or apply this payment now, or ask for it, and if not, why."""
    if payment.state != PAYMENT.start:
        return Gate(False, "This payment was taken back, so there is nothing to apply.")
    if payment.open_minor == 0:
        is_applied = payment.allocated_minor or payment.credited_minor
        where = "all of this payment is applied" if is_applied else "its money is held or went back"
        return Gate(False, f"Nothing is open: {where}.")
    allowed = gate_to_ask(actor, "payments.allocate")
    is_unknown = allowed.allowed and payment.customer_id is None
    return gate_to_ask(actor, "payments.identify") if is_unknown else allowed


def business_day(payment: Payment) -> date:
    """Today where the payment's account is kept."""
    return timezone.localdate(timezone=ZoneInfo(payment.source_account.time_zone))


def contracts_beside(actor: Actor, payment: Payment) -> list[ContractStanding]:
    """The payer's contracts with their figures, the one this payment names first."""
    if payment.customer_id is None:
        return []
    contracts = contracts_of(actor, [payment.customer_id])
    contracts.sort(key=lambda contract: contract.pk != payment.contract_id)
    return standings(contracts, on=business_day(payment))


@dataclass(frozen=True, slots=True)
class Raw:
    """A row as the file has it: named cells, or text where it has none."""

    cells: list[tuple[str, str]]
    text: str = ""


def raw_of(stored: str) -> Raw:
    try:
        found = json.loads(stored)
    except ValueError:
        return Raw([], stored)
    if isinstance(found, dict):
        return Raw([(str(name), "" if value is None else str(value)) for name, value in found.items()])
    if isinstance(found, list):
        return Raw([(f"Column {place}", str(value)) for place, value in enumerate(found, start=1)])
    return Raw([], stored)
