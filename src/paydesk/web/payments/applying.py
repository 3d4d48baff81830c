"""Applying a payment by hand: find the contract, see what it would pay, confirm a named amount."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from paydesk.domain.contracts.queries import (
    ContractStanding,
    contract_for,
    contracts_of,
    find_contracts,
    standings,
)
from paydesk.domain.contracts.states import OPEN_STATES
from paydesk.domain.parties.queries import customer_for
from paydesk.domain.payments import rules
from paydesk.domain.payments.actions import SecondPersonRefused, apply_payment, request_apply
from paydesk.domain.payments.queries import AllocationPreview, allocation_preview, claims_of, why_open
from paydesk.domain.payments.suggestion_rules import MOST_SHOWN
from paydesk.foundation.approvals.queries import pending_about
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money, exact_minor
from paydesk.kernel.public_codes import code_of
from paydesk.web.access import actor_of, gate_to_ask, needs
from paydesk.web.addresses import number_in, page_of
from paydesk.web.answers import came_from, done
from paydesk.web.cases.proving import case_in, proof_missing
from paydesk.web.payments.filters import AmountField
from paydesk.web.payments.page import business_day, may_apply, payment_or_404
from paydesk.web.payments.shown import shown
from paydesk.web.payments.suggesting import ShownSuggestion, suggested
from paydesk.web.sight import Looking, looking

if TYPE_CHECKING:
    from paydesk.domain.cases.models import Case
    from paydesk.domain.contracts.models import Contract
    from paydesk.domain.parties.models import Customer
    from paydesk.domain.payments.models import Payment

MOST_FOUND = 8


@dataclass(frozen=True, slots=True)
class Candidate:
    """A contract the money could go to, or a customer who has none, and why it stands here."""

    customer: Customer
    standing: ContractStanding | None
    url: str
    why: str = ""


class Choice(forms.Form):
    """What the person has chosen so far; it all stands in the address."""

    q = forms.CharField(label="Find the contract", required=False, max_length=100)
    contract = forms.CharField(required=False, widget=forms.HiddenInput)
    customer = forms.CharField(required=False, widget=forms.HiddenInput)
    suggestion = forms.IntegerField(required=False, min_value=1, max_value=MOST_SHOWN)

    def __init__(self, address: QueryDict, *, actor: Actor, payment: Payment) -> None:
        super().__init__(address, auto_id="apply_%s")
        self.actor, self.payment = actor, payment
        open_money = Money(payment.open_minor, payment.currency)
        self.fields["amount"] = AmountField(f"Amount, if not all {open_money}")

    def clean_contract(self) -> Contract | None:
        number = number_in("contract", self.cleaned_data["contract"])
        return _here(contract_for, self.actor, number) if number is not None else None

    def clean_customer(self) -> Customer | None:
        number = number_in("customer", self.cleaned_data["customer"])
        return _here(customer_for, self.actor, number) if number is not None else None

    def clean(self) -> None:
        amount = self.cleaned_data.get("amount")
        if amount is None:
            return
        minor = exact_minor(amount, self.payment.currency)
        if not minor or minor > self.payment.open_minor:
            open_money = Money(self.payment.open_minor, self.payment.currency)
            self.add_error("amount", f"Between the smallest unit and {open_money}, which is what is open.")
        else:
            self.cleaned_data["amount"] = Money(minor, self.payment.currency)


def _here(query: Any, actor: Actor, number: int) -> Any:
    try:
        return query(actor, number)
    except ObjectDoesNotExist:
        raise Http404("This is not in your markets.") from None


@require_http_methods(["GET", "HEAD", "POST"])
@needs("payments.allocate:view")
@vary_on_headers("HX-Request", "HX-Target")
def apply(request: HttpRequest, payment_id: int) -> HttpResponse:
    """The dialog of applying one payment; what is sent back is the confirmed choice."""
    actor = actor_of(request)
    payment = payment_or_404(actor, payment_id)
    if request.method == "POST":
        return confirm(request, payment)
    return render(request, template_for(request), dialog(request, payment, request.GET))


def template_for(request: HttpRequest) -> str:
    """The part that is asked for, else the whole dialog (or page, where there is no dialog)."""
    parts = {"apply-found": "payments/_found.html", "apply-preview": "payments/_preview.html"}
    return parts.get(request.htmx.target or "", "payments/apply.html")  # type: ignore[attr-defined]


def dialog(request: HttpRequest, payment: Payment, chosen: QueryDict) -> dict[str, Any]:
    """What the dialog shows for what is chosen so far; constant queries."""
    actor = actor_of(request)
    choice = Choice(chosen, actor=actor, payment=payment)
    choice.is_valid()
    contract, customer = choice.cleaned_data.get("contract"), choice.cleaned_data.get("customer")
    known: dict[str, Any] = {
        "each": shown(payment),
        "payment": payment,
        "choice": choice,
        "at": place_to_return(request, payment),
        "allowed": may_apply(actor, payment),
        "contract": contract,
        "customer": customer,
        "taken": choice.cleaned_data.get("suggestion"),
        "waits": why_open([payment]).get(payment.pk, ""),
        "prove": proof_missing(
            case_in(request), "payment.apply" if payment.customer_id is not None else "payment.name_payer"
        ),
    }
    if contract is not None:
        amount = choice.cleaned_data.get("amount")
        known["preview"] = allocation_preview(payment, contract, on=business_day(payment), amount=amount)
    elif customer is None:
        known |= candidates(
            looking(request), payment, choice.cleaned_data.get("q", ""), known["at"], case=case_in(request)
        )
        if not choice.cleaned_data.get("q"):
            known["suggestions"] = numbered = suggested(payment, known["at"])
            known["offered"] = unnumbered(known["offered"], numbered)
    owner = looking(request).name(customer.name, customer) if customer else "the customer"
    known["aged"] = aged = why_asked(actor, payment)
    if aged:
        known |= {
            "ask": gate_to_ask(actor, "payments.allocate_weak_evidence"),
            "waits_for": pending_about("payment", [payment.pk]).get(payment.pk),
            "wanted": choice.cleaned_data.get("amount") or Money(payment.open_minor, payment.currency),
        }
    known["outcome"] = outcome_of(payment, known.get("preview"), owner)
    return known


def unnumbered(offered: Sequence[Candidate], numbered: Sequence[ShownSuggestion]) -> list[Candidate]:
    """What is offered besides the suggestions."""
    shown_above = {each.standing.contract.pk for each in numbered}
    return [each for each in offered if each.standing is None or each.standing.contract.pk not in shown_above]


def why_aged(payment: Payment) -> str | None:
    """Why a second person has to say whose this money is; None where one person may."""
    return None if payment.customer_id is not None else rules.why_aged(payment.received_at, timezone.now())


def why_asked(actor: Actor, payment: Payment) -> str | None:
    """Why this person asks a second one and does not apply it alone; None where they do."""
    if not actor.may("payments.allocate") and gate_to_ask(actor, "payments.allocate").allowed:
        return "You do not apply money yourself: say whose it is, and a second person decides."
    return why_aged(payment)


def outcome_of(payment: Payment, preview: AllocationPreview | None, owner: str) -> str:
    """What confirming leaves behind, in words: days past due, what is left, what becomes of it."""
    if preview is None:
        whole = Money(payment.open_minor, payment.currency)
        return f"{whole} becomes unapplied cash of {owner}, or their credit if they have no open contract."
    number, contract = preview.contract.account_number, preview.contract
    if contract.currency != payment.currency:
        return f"{number} is in {contract.currency} and cannot take {payment.currency}."
    if not preview.applied:
        return f"{number} has nothing open that this payment could pay."
    before, after = preview.days_past_due_before, preview.days_past_due_after
    late = "The contract is not past due. "
    if before:
        late = f"Days past due {before} → {after}. " if after != before else f"Days past due stay {before}. "
    if not preview.left:
        return late + "Nothing is left of the amount."
    becomes = "is kept as their credit" if preview.left_becomes_credit else "stays unapplied cash of theirs"
    return f"{late}{preview.left} {becomes}."


def candidates(
    eyes: Looking,
    payment: Payment,
    text: str,
    at: str,
    place: str = "payments:apply",
    *,
    case: Case | None = None,
) -> dict[str, Any]:
    """Claims or the customer's own contracts first, then what the typed text finds; constant queries.

    Of a payment whose payer nobody knows, those of the customer of the `case` it is asked for from are first.

    `place` is the dialog that a choice leads to; who moves a payment is not offered its customer's own.
    """
    actor, is_move = eyes.actor, place == "payments:move"
    found = list(find_contracts(actor, text, market=payment.market)[: MOST_FOUND + 1]) if text else []
    offered: list[tuple[Customer, Contract | None, str]]
    if is_move:
        found = [contract for contract in found if contract.customer_id != payment.customer_id]
        offered = []
    elif payment.customer_id is None:
        claims = claims_of([payment.pk])[payment.pk]
        offered = [(claim.customer, claim.contract, _why(claim, eyes, payment)) for claim in claims]
        offered = [*_of_case(actor, case, payment, {claim.contract for claim in claims}), *offered]
    else:
        own = contracts_of(actor, [payment.customer_id])
        offered = [(contract.customer, contract, "") for contract in own]
    contracts = [contract for _, contract, _ in offered if contract is not None] + found
    figures = {s.contract.pk: s for s in standings(contracts, on=business_day(payment))}

    address = reverse(place, args=[payment.pk])

    def choose(customer: Customer, contract: Contract | None) -> str:
        thing, prefix = ("contract", "CON") if contract else ("customer", "CUS")
        code = code_of(prefix, contract.pk if contract else customer.pk)
        return f"{address}?{urlencode({'at': at, thing: code})}"

    def shown_as(rows: Sequence[tuple[Customer, Contract | None, str]]) -> list[Candidate]:
        return [
            Candidate(who, figures[contract.pk] if contract else None, choose(who, contract), why)
            for who, contract, why in rows
        ]

    return {
        "offered": shown_as(offered),
        "found": shown_as([(contract.customer, contract, "") for contract in found[:MOST_FOUND]]),
        "more": len(found) > MOST_FOUND,
    }


def _of_case(
    actor: Actor, case: Case | None, payment: Payment, but: Collection[Contract | None]
) -> list[tuple[Customer, Contract | None, str]]:
    """Open contracts of whoever asks in a case; nothing says yet that the payment was meant for them."""
    if case is None or case.customer_id is None or case.market != payment.market:
        return []
    why = "Of the customer of this case."
    own = [each for each in contracts_of(actor, [case.customer_id]) if each.state in OPEN_STATES]
    return [(each.customer, each, why) for each in own if each not in but]


def _why(claim: Any, eyes: Looking, payment: Payment) -> str:
    number = claim.contract.account_number if claim.contract else None
    why = rules.why(claim.rule, claim.matched_key, account_number=number)
    return eyes.sentence(why, payment, names=[], phones=[payment.statement_line.msisdn])


def confirm(request: HttpRequest, payment: Payment) -> HttpResponse:
    """Do what was confirmed, say it, and go back to where the person came from."""
    actor = actor_of(request)
    choice = Choice(request.POST, actor=actor, payment=payment)
    version = request.POST.get("version", "")
    if not choice.is_valid() or not version.isdigit():
        return render(request, template_for(request), dialog(request, payment, request.POST), status=422)
    contract, customer = choice.cleaned_data["contract"], choice.cleaned_data["customer"]
    owner = contract.customer if contract is not None else customer
    if owner is None:
        return render(request, template_for(request), dialog(request, payment, request.POST), status=422)
    name_only = "name_only" in request.POST or contract is None
    contract_id, case = None if name_only else contract.pk, case_in(request)
    if "ask" in request.POST:
        request_apply(
            payment.pk, customer_id=owner.pk, contract_id=contract_id,
            amount=None if name_only else choice.cleaned_data.get("amount"),
            note=request.POST.get("note", ""), version=int(version), case_id=case.pk if case else None,
            by=actor, now=timezone.now(),
        )  # fmt: skip
        return done(request, place_to_return(request, payment), "Asked. A second person decides on it.")
    try:
        after = apply_payment(
            payment.pk,
            customer_id=owner.pk,
            contract_id=contract_id,
            amount=None if name_only else choice.cleaned_data.get("amount"),
            version=int(version),
            suggestion=choice.cleaned_data.get("suggestion"),
            case_id=case.pk if case else None,
            by=actor,
            now=timezone.now(),
        )
    except SecondPersonRefused:  # it grew old while the dialog was open: the dialog now offers to ask
        return render(request, template_for(request), dialog(request, payment, request.POST), status=422)
    text = _said(payment, after, owner.name, None if name_only else contract.account_number)
    return done(request, place_to_return(request, payment), text)


def _said(before: Payment, after: Payment, owner: str, account_number: str | None) -> str:
    applied = Money(after.allocated_minor - before.allocated_minor, after.currency)
    credited = Money(after.credited_minor - before.credited_minor, after.currency)
    said = [f"Applied {applied} to {account_number}." if applied else f"{owner} is named as the payer."]
    if credited:
        said.append(f"{credited} is kept as their credit.")
    if after.open_minor:
        said.append(f"{Money(after.open_minor, after.currency)} stays unapplied.")
    return " ".join(said)


def place_to_return(request: HttpRequest, payment: Payment) -> str:
    """Where the dialog was opened, if that is a page of ours; else the page of the case, or the payment's."""
    case = case_in(request)
    return came_from(request, page_of("case", case.pk) if case else page_of("payment", payment.pk))
