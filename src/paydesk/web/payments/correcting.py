"""The dialogs that put a payment right: each shows what it changes, then does it or asks a second person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from paydesk.domain.contracts.queries import ContractStanding, contracts_of, find_contracts, standings
from paydesk.domain.payments import previews
from paydesk.domain.payments.actions import (
    answer_double,
    request_move,
    request_reinstating,
    request_reversal,
    split_payment,
    unapply_payment,
    undo_apply,
)
from paydesk.domain.payments.queries import applied_to, last_own_reversal, story_of, undoable
from paydesk.kernel.money import Money, exact_minor
from paydesk.web.access import actor_of, gate, gate_to_ask, needs
from paydesk.web.addresses import code_in, number_in
from paydesk.web.answers import done
from paydesk.web.cases.proving import case_in, proof_missing
from paydesk.web.contracts.picking import contract_or_404
from paydesk.web.payments.acts import MOVE
from paydesk.web.payments.applying import MOST_FOUND, Choice, candidates, place_to_return
from paydesk.web.payments.effects_shown import looked_at
from paydesk.web.payments.filters import AmountField
from paydesk.web.payments.page import business_day, payment_or_404
from paydesk.web.payments.shown import shown
from paydesk.web.payments.trail import undo_words
from paydesk.web.sight import looking

if TYPE_CHECKING:
    from paydesk.domain.contracts.models import Contract
    from paydesk.domain.payments.models import Payment

ASKED = "Asked. A second person decides on it."
LONGEST_NOTE = 500
dialog_view: Callable[[Any], Any] = require_http_methods(["GET", "HEAD", "POST"])


class Note(forms.Form):
    """Why, in the asking person's words; a second person decides on it."""

    note = forms.CharField(
        label="Why, without names or numbers of customers",
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class Amount(forms.Form):
    """How much of a payment, all of it where nothing is said."""

    def __init__(self, said: QueryDict, *, most: Money) -> None:
        super().__init__(said)
        self.most = most
        self.fields["amount"] = AmountField(f"Amount, if not all {most}")

    def clean(self) -> None:
        amount = self.cleaned_data.get("amount")
        if amount is None:
            return
        minor = exact_minor(amount, self.most.currency)
        if not minor or minor > self.most.amount_minor:
            self.add_error("amount", f"Between the smallest unit and {self.most}, which is what is left.")
        else:
            self.cleaned_data["amount"] = Money(minor, self.most.currency)


def known_of(request: HttpRequest, payment: Payment) -> dict[str, Any]:
    """What every one of these dialogs shows."""
    return {"each": shown(payment), "payment": payment, "at": place_to_return(request, payment)}


def version_in(request: HttpRequest) -> int:
    """The version of the payment that the person saw; one that never was is refused as stale."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def part(request: HttpRequest, name: str, whole: str, part_of_it: str) -> str:
    """The template of the part that is asked for, else of the whole dialog."""
    return part_of_it if request.htmx.target == name else whole  # type: ignore[attr-defined]


# Off one contract


@dialog_view
@needs("payments.allocate")
@vary_on_headers("HX-Request", "HX-Target")
def take_off(request: HttpRequest, payment_id: int) -> HttpResponse:
    """Take a payment off one of its contracts: unapplied again, the contract replayed."""
    actor, now = actor_of(request), timezone.now()
    payment = payment_or_404(actor, payment_id)
    on = applied_to(story_of(payment).allocations, payment.currency)
    chosen = number_in("contract", request.POST.get("contract") or request.GET.get("contract") or "")
    if chosen is None and len(on) == 1:
        (chosen,) = on
    if request.method == "POST" and chosen is not None:
        unapply_payment(payment.pk, contract_id=chosen, version=version_in(request), by=actor, now=now)
        number, amount = on.get(chosen, ("the contract", None))
        text = f"Took {amount} off {number}; it is unapplied again." if amount else "Taken off."
        return done(request, place_to_return(request, payment), text)
    known = known_of(request, payment) | {
        "on": [(code_in("contract", pk), number, amount) for pk, (number, amount) in on.items()]
    }
    if chosen in on:
        assert chosen is not None
        number, amount = on[chosen]
        known |= {"contract": code_in("contract", chosen), "number": number, "amount": amount}
        known |= looked_at(
            lambda: previews.unapply_effects(payment.pk, contract_id=chosen, by=actor, now=now)
        )
    return render(request, "payments/take_off.html", known)


# Over to another customer


@dialog_view
@needs("payments.move:view")
@vary_on_headers("HX-Request", "HX-Target")
def move(request: HttpRequest, payment_id: int) -> HttpResponse:
    """Ask for a payment to go to another customer: find the contract, see what changes, say why."""
    actor, now = actor_of(request), timezone.now()
    payment = payment_or_404(actor, payment_id)
    said = request.POST if request.method == "POST" else request.GET
    choice = Choice(said, actor=actor, payment=payment)
    choice.is_valid()
    contract, customer = choice.cleaned_data.get("contract"), choice.cleaned_data.get("customer")
    owner = contract.customer if contract is not None else customer
    form, case = Note(request.POST if request.method == "POST" else None, auto_id="move_%s"), case_in(request)
    if request.method == "POST" and owner is not None and form.is_valid():
        request_move(
            payment.pk, customer_id=owner.pk, contract_id=contract.pk if contract else None,
            note=form.cleaned_data["note"], version=version_in(request), case_id=case.pk if case else None,
            by=actor, now=now,
        )  # fmt: skip
        return done(request, place_to_return(request, payment), ASKED)
    known = known_of(request, payment)
    known |= {
        "prove": proof_missing(case, "payment.move"),
        "choice": choice,
        "form": form,
        "contract": contract,
        "owner": owner,
        "allowed": gate_to_ask(actor, MOVE),
        "amount": Money(payment.amount_minor - payment.reversed_minor, payment.currency),
    }
    if owner is not None:
        known |= looked_at(
            lambda: previews.move_effects(
                payment.pk, customer_id=owner.pk, contract_id=contract.pk if contract else None,
                by=actor, now=now,
            )
        )  # fmt: skip
    else:
        text = choice.cleaned_data.get("q", "")
        known |= candidates(looking(request), payment, text, known["at"], "payments:move")
    status = 422 if request.method == "POST" else 200
    template = part(request, "apply-found", "payments/move.html", "payments/_found.html")
    return render(request, template, known, status=status)


# Out of the books


@dialog_view
@needs("payments.reverse")
@vary_on_headers("HX-Request", "HX-Target")
def take_back(request: HttpRequest, payment_id: int) -> HttpResponse:
    """Ask to take a payment back, whole or a part: it should never have been posted."""
    actor, now = actor_of(request), timezone.now()
    payment = payment_or_404(actor, payment_id)
    said = request.POST if request.method == "POST" else request.GET
    left = payment.amount_minor - payment.reversed_minor - payment.reserved_minor - payment.refunded_minor
    sizes = Amount(said, most=Money(left, payment.currency))
    form = Note(request.POST if request.method == "POST" else None, auto_id="take_back_%s")
    amount = sizes.cleaned_data.get("amount") if sizes.is_valid() else None
    if request.method == "POST" and form.is_valid() and not sizes.errors:
        request_reversal(
            payment.pk, amount=amount or sizes.most, note=form.cleaned_data["note"],
            version=version_in(request), by=actor, now=now,
        )  # fmt: skip
        return done(request, place_to_return(request, payment), ASKED)
    known = known_of(request, payment) | {
        "form": form, "sizes": sizes, "amount": amount or sizes.most, "typed": said.get("amount", ""),
    }  # fmt: skip
    if not sizes.errors:
        known |= looked_at(
            lambda: previews.reversal_effects(payment.pk, amount=amount or sizes.most, by=actor, now=now)
        )
    status = 422 if request.method == "POST" else 200
    template = part(request, "take-back-preview", "payments/take_back.html", "payments/_take_back.html")
    return render(request, template, known, status=status)


@dialog_view
@needs("payments.reverse")
@vary_on_headers("HX-Request", "HX-Target")
def put_back(request: HttpRequest, payment_id: int) -> HttpResponse:
    """Ask to undo our last reversal: the payment stands again."""
    actor, now = actor_of(request), timezone.now()
    payment = payment_or_404(actor, payment_id)
    form = Note(request.POST if request.method == "POST" else None, auto_id="put_back_%s")
    if request.method == "POST" and form.is_valid():
        request_reinstating(
            payment.pk, note=form.cleaned_data["note"], version=version_in(request), by=actor, now=now
        )
        return done(request, place_to_return(request, payment), ASKED)
    own = last_own_reversal(payment)
    known = known_of(request, payment) | {
        "form": form,
        "amount": Money(own.amount_minor, payment.currency) if own else None,
    }
    known |= looked_at(lambda: previews.reinstate_effects(payment.pk, by=actor, now=now))
    status = 422 if request.method == "POST" else 200
    return render(request, "payments/put_back.html", known, status=status)


# Over several contracts


@dataclass(frozen=True, slots=True)
class Part:
    """One contract of a split: what it owes, what the person gives it."""

    standing: ContractStanding
    code: str
    name: str
    typed: str
    amount: Money | None
    problem: str


@dialog_view
@needs("payments.allocate")
@vary_on_headers("HX-Request", "HX-Target")
def split(request: HttpRequest, payment_id: int) -> HttpResponse:
    """Lay parts of a payment on several contracts: a relative who pays for two."""
    actor, now = actor_of(request), timezone.now()
    payment = payment_or_404(actor, payment_id)
    said = request.POST if request.method == "POST" else request.GET
    contracts = chosen_contracts(request, payment, said)
    parts = parts_of(payment, contracts, said)
    payers = {contract.customer_id: contract.customer for contract in contracts}
    named = number_in("customer", said.get("payer", ""))
    payer_id = payment.customer_id or (named if named in payers else next(iter(payers), None))
    given = [(each.standing.contract.pk, each.amount) for each in parts if each.amount]
    total = sum(amount.amount_minor for _, amount in given)
    sound = len(given) > 1 and not any(each.problem for each in parts)
    stale = request.method == "POST" and version_in(request) != payment.version
    if request.method == "POST" and (sound or stale) and payer_id is not None:
        split_payment(  # refuses what is stale
            payment.pk, customer_id=payer_id, parts=given, version=version_in(request), by=actor, now=now
        )
        text = f"Split {Money(total, payment.currency)} over {len(given)} contracts."
        return done(request, place_to_return(request, payment), text)
    known = known_of(request, payment)
    known |= {
        "allowed": gate(actor, "payments.allocate"),
        "parts": parts,
        "payers": [(code_in("customer", pk), each) for pk, each in payers.items()],
        "payer": code_in("customer", payer_id) if payer_id else "",
        "left": Money(payment.open_minor - total, payment.currency),
        "total": Money(total, payment.currency),
        "sound": sound,
        "q": said.get("q", ""),
        "found": found_beside(request, payment, said, contracts),
        "count": len(given),
    }
    if sound and payer_id is not None:
        known |= looked_at(
            lambda: previews.split_effects(payment.pk, customer_id=payer_id, parts=given, by=actor, now=now)
        )
    status = 422 if request.method == "POST" else 200
    template = part(request, "split-preview", "payments/split.html", "payments/_split_preview.html")
    if request.htmx.target == "split-found":  # type: ignore[attr-defined]
        template = "payments/_split_found.html"
    return render(request, template, known, status=status)


def chosen_contracts(request: HttpRequest, payment: Payment, said: QueryDict) -> list[Contract]:
    """The contracts in the address; to begin with those of the payer, or those with a claim."""
    actor = actor_of(request)
    codes = list(dict.fromkeys(said.getlist("contract")))[:20]
    if codes:
        return [contract_or_404(actor, code) for code in codes]
    if payment.customer_id is not None:
        return [c for c in contracts_of(actor, [payment.customer_id]) if c.currency == payment.currency]
    return [claim.contract for claim in story_of(payment).claims if claim.contract is not None]


def parts_of(payment: Payment, contracts: Sequence[Contract], said: QueryDict) -> list[Part]:
    """Each contract with what was typed for it, read as an amount."""
    made = []
    for standing in standings(list(contracts), on=business_day(payment)):
        code = code_in("contract", standing.contract.pk)
        typed = said.get(f"amount-{code}", "").strip()
        amount, problem = read_amount(typed, payment.currency)
        made.append(Part(standing, code, standing.contract.customer.name, typed, amount, problem))
    total = sum(each.amount.amount_minor for each in made if each.amount)
    if total > payment.open_minor:
        over = Money(total - payment.open_minor, payment.currency)
        made[-1] = Part(made[-1].standing, made[-1].code, made[-1].name, made[-1].typed, made[-1].amount,
                        f"The parts are {over} more than what is open.")  # fmt: skip
    return made


def read_amount(typed: str, currency: str) -> tuple[Money | None, str]:
    """What was typed as money, and what is wrong with it."""
    if not typed:
        return None, ""
    try:
        amount = AmountField("Amount").clean(typed)
    except forms.ValidationError:
        return None, "Write an amount."
    minor = exact_minor(amount, currency) if amount is not None else None
    if not minor:
        return None, f"Write an amount of {currency} above zero."
    return Money(minor, currency), ""


def found_beside(
    request: HttpRequest, payment: Payment, said: QueryDict, contracts: Sequence[Contract]
) -> list[tuple[Contract, str, str]]:
    """Contracts the typed text finds that are not among the parts: (contract, code, address with it)."""
    text = said.get("q", "").strip()
    if not text or payment.customer_id is not None:
        return []
    here = {contract.pk for contract in contracts}
    found = find_contracts(actor_of(request), text, market=payment.market)[:MOST_FOUND]
    rest = said.copy()
    for name in ("q", "csrfmiddlewaretoken", "version", "contract"):
        rest.pop(name, None)
    rest.setlist("contract", [code_in("contract", pk) for pk in here])
    made = []
    for contract in found:
        if contract.pk not in here:
            code = code_in("contract", contract.pk)
            query = rest.copy()
            query.appendlist("contract", code)
            made.append((contract, code, query.urlencode()))
    return made


# Back to how it was


@dialog_view
@needs("payments.allocate")
@vary_on_headers("HX-Request", "HX-Target")
def undo(request: HttpRequest, payment_id: int) -> HttpResponse:
    """Undo one's own last act on a payment."""
    actor, now = actor_of(request), timezone.now()
    payment = payment_or_404(actor, payment_id)
    if request.method == "POST":
        undo_apply(payment.pk, by=actor, now=now)
        return done(request, place_to_return(request, payment), "Undone. Both ways stay in the books.")
    story = story_of(payment)
    last = undoable(payment, story.records, actor)
    known = known_of(request, payment) | {"what": undo_words(last, payment.currency) if last else ""}
    known |= looked_at(lambda: previews.undo_effects(payment.pk, by=actor, now=now))
    return render(request, "payments/undo.html", known)


# Paid twice, or meant


@require_POST
@needs("payments.allocate")
def answer(request: HttpRequest, payment_id: int) -> HttpResponse:
    """Say that the similar payments minutes apart were meant; with `again`, ask anew."""
    actor = actor_of(request)
    payment = payment_or_404(actor, payment_id)
    again = "again" in request.POST
    answer_double(payment.pk, on_purpose=not again, by=actor, now=timezone.now())
    text = "It is asked again." if again else "Noted: paid twice on purpose. The hint is gone."
    return done(request, place_to_return(request, payment), text)
