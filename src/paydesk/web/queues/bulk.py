"""Acts on the rows that were chosen: shown before, done one by one, and said per row what went."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from paydesk.domain.callbacks.queries import pending_payments
from paydesk.domain.cases.queries import cases
from paydesk.domain.payments.actions import apply_payment
from paydesk.domain.payments.queries import payments
from paydesk.domain.payments.queries.only_contract import Target, only_targets
from paydesk.domain.reconciliation.queries import exceptions
from paydesk.foundation.assignments.actions import GIVE, assign, set_next_step
from paydesk.foundation.assignments.queries import TAKE, possible_owners
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.kernel.refused import Refused
from paydesk.reporting.provider_cash.queries import lone_reversals, open_transit
from paydesk.web.access import actor_of, needs
from paydesk.web.addresses import code_in, kind_and_number, page_of
from paydesk.web.answers import came_from
from paydesk.web.exports import exports
from paydesk.web.paging import PAGE_SIZE
from paydesk.web.payments.export import download
from paydesk.web.queues.forms import GiveForm, StepForm
from paydesk.web.queues.subjects import Subject, subject_of
from paydesk.web.sight import looking

if TYPE_CHECKING:
    from paydesk.domain.payments.models import Payment

dialog_view: Callable[[Any], Any] = require_http_methods(["GET", "HEAD", "POST"])
NOTHING = "Nothing is chosen. Choose rows with their boxes, or with x."


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one chosen row."""

    code: str
    url: str
    words: str
    is_done: bool


def chosen_numbers(request: HttpRequest) -> dict[str, list[int]]:
    """The ids of the chosen rows by kind, in their order and once each, a page of rows at most."""
    said = request.POST if request.method == "POST" else request.GET
    found: dict[str, list[int]] = {
        "payment": [], "pending": [], "exception": [], "case": [], "reversal_row": [], "transit_row": [],
    }  # fmt: skip
    for code in dict.fromkeys(said.getlist("code")[:PAGE_SIZE]):
        known = kind_and_number(code)
        if known is None or known[0] not in found or known[1] >= 2**63:
            raise Http404("Nothing that waits has this code.")
        found[known[0]].append(known[1])
    return found


def chosen_payments(actor: Actor, numbers: Sequence[int]) -> list[Payment]:
    """These payments as far as the actor may see them, in this order; one query."""
    rows = {p.pk: p for p in payments(actor).filter(pk__in=numbers)} if numbers else {}
    return [rows[number] for number in numbers if number in rows]


def chosen(request: HttpRequest) -> list[Subject]:
    """The chosen things as far as the person may see them; two queries."""
    actor, numbers = actor_of(request), chosen_numbers(request)
    found = [subject_of("payment", p) for p in chosen_payments(actor, numbers["payment"])]
    if numbers["pending"]:
        rows = pending_payments(actor, {"pk__in": numbers["pending"]})
        found += [subject_of("pending", each) for each in rows]
    if numbers["exception"]:
        found += [
            subject_of("exception", each)
            for each in exceptions(actor, pk__in=numbers["exception"]).order_by("id")
        ]
    if numbers["case"]:
        found += [
            subject_of("case", each) for each in cases(actor).filter(pk__in=numbers["case"]).order_by("id")
        ]
    for kind, rows in (("reversal_row", lone_reversals), ("transit_row", open_transit)):
        if numbers[kind]:
            found += [subject_of(kind, each) for each in rows(actor).filter(pk__in=numbers[kind])]
    if not found:
        raise Refused(NOTHING, code="bulk.nothing")
    return found


def each_of(subjects: Sequence[Subject], act: Callable[[Subject], str]) -> list[Outcome]:
    """Do something with each, one after the other; what is refused is said, and the others go on."""
    outcomes = []
    for subject in subjects:
        url = page_of(subject.kind, subject.number)
        try:
            outcomes.append(Outcome(subject.code, url, act(subject), True))
        except Refused as refused:
            outcomes.append(Outcome(subject.code, url, refused.text, False))
    return outcomes


def said(request: HttpRequest, heading: str, outcomes: list[Outcome]) -> HttpResponse:
    known = {
        "heading": heading,
        "outcomes": outcomes,
        "done_count": sum(each.is_done for each in outcomes),
        "at": came_from(request, "/"),
    }
    return render(request, "queues/bulk_result.html", known)


def known_of(request: HttpRequest, subjects: Sequence[Subject]) -> dict[str, Any]:
    sums: dict[str, int] = {}
    for subject in subjects:
        if subject.amount is not None:
            sums[subject.amount.currency] = sums.get(subject.amount.currency, 0) + subject.amount.amount_minor
    return {
        "subjects": subjects,
        "at": came_from(request, "/"),
        "amounts": [Money(minor, currency) for currency, minor in sorted(sums.items())],
    }


@dialog_view
@needs(TAKE)
@vary_on_headers("HX-Request", "HX-Target")
def bulk_assign(request: HttpRequest) -> HttpResponse:
    """Make oneself the owner of all that is chosen, or, with the right, somebody else."""
    actor = actor_of(request)
    subjects = chosen(request)
    people = possible_owners(sorted({subject.market for subject in subjects}))
    if not actor.may(GIVE):
        people = [person for person in people if person.pk == actor.id]
    form = GiveForm(request.POST if request.method == "POST" else None, people=people, me=actor.id)
    if request.method == "POST" and form.is_valid():
        owner_id = form.cleaned_data["owner"]
        name = next((person.name for person in people if person.pk == owner_id), "nobody")

        def give(subject: Subject) -> str:
            assign(subject.link, market=subject.market, owner_id=owner_id, by=actor, now=timezone.now())
            return f"Now of {name}."

        return said(request, f"Assigned to {name}", each_of(subjects, give))
    return render(request, "queues/bulk_assign.html", known_of(request, subjects) | {"form": form})


@dialog_view
@needs(TAKE)
@vary_on_headers("HX-Request", "HX-Target")
def bulk_plan(request: HttpRequest) -> HttpResponse:
    """Say of all that is chosen what happens next, until when."""
    actor = actor_of(request)
    subjects = chosen(request)
    form = StepForm(request.POST if request.method == "POST" else None, auto_id="plan_%s")
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data

        def plan(subject: Subject) -> str:
            set_next_step(
                subject.link, market=subject.market, text=wanted["next_step"], on=wanted["next_step_on"],
                today=timezone.localdate(), by=actor, now=timezone.now(),
            )  # fmt: skip
            return "Planned."

        return said(request, "Next step", each_of(subjects, plan))
    return render(request, "queues/bulk_plan.html", known_of(request, subjects) | {"form": form})


@dialog_view
@needs("payments.allocate")
@vary_on_headers("HX-Request", "HX-Target")
def bulk_apply(request: HttpRequest) -> HttpResponse:
    """Apply each chosen payment to the only contract it could go to; shown before, each on its own."""
    actor = actor_of(request)
    subjects = [subject for subject in chosen(request) if subject.kind == "payment"]
    if request.method == "POST":
        return said(request, "Applied", each_of(subjects, lambda subject: _apply(request, actor, subject)))
    targets = only_targets([subject.thing for subject in subjects], by=actor, now=timezone.now())
    sums: dict[str, int] = {}
    for target in targets:
        if target.contract is not None:
            sums[target.applied.currency] = sums.get(target.applied.currency, 0) + target.applied.amount_minor
    known = {
        "rows": [(code_in("payment", t.payment.pk), t, _owner_named(request, t)) for t in targets],
        "count": sum(target.contract is not None for target in targets),
        "totals": [Money(minor, currency) for currency, minor in sorted(sums.items())],
    }
    return render(request, "queues/bulk_apply.html", known_of(request, subjects) | known)


def _owner_named(request: HttpRequest, target: Target) -> str:
    return looking(request).name(target.contract.customer.name) if target.contract else ""


def _apply(request: HttpRequest, actor: Actor, subject: Subject) -> str:
    """Apply one payment as it was shown: same version, same contract, same amount to it."""
    wanted = request.POST.get(f"to-{subject.code}", "")
    contract_id, _, version = wanted.partition(".")
    if not (contract_id.isdigit() and version.isdigit() and len(wanted) < 30):
        raise Refused("It has no only contract: apply it by itself.", code="bulk.no_contract")
    (target,) = only_targets([subject.thing], by=actor, now=timezone.now())
    if target.contract is None:
        raise Refused(target.why_not, code="bulk.no_contract")
    if target.contract.pk != int(contract_id):
        raise Refused("Another contract is the likely one by now. Look at it by itself.", code="bulk.changed")
    before = subject.thing
    after = apply_payment(
        before.pk, customer_id=target.contract.customer_id, contract_id=target.contract.pk,
        version=int(version), by=actor, now=timezone.now(),
    )  # fmt: skip
    applied = Money(after.allocated_minor - before.allocated_minor, after.currency)
    rest = f" {Money(after.open_minor, after.currency)} stays unapplied." if after.open_minor else ""
    if credited := after.credited_minor - before.credited_minor:
        rest += f" {Money(credited, after.currency)} is kept as their credit."
    return f"Applied {applied} to {target.contract.account_number}.{rest}"


@exports("payments:view")
def bulk_export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The chosen payments as CSV or XLSX."""
    numbers = chosen_numbers(request)["payment"]
    if not numbers:
        raise Refused(NOTHING, code="bulk.nothing")
    found = payments(actor_of(request), None, "value").filter(pk__in=numbers)
    return download(found, "chosen-payments", kind, looking(request))
