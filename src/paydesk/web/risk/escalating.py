"""Escalating a case or a payment: what the desk itself fears stands in the form, and is taken up with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from paydesk.domain.cases.queries import cases_of_customer
from paydesk.domain.cases.states import OPEN
from paydesk.domain.parties.queries import customer_for
from paydesk.domain.payments.queries import payments
from paydesk.domain.risk import actions
from paydesk.domain.risk.queries import deciders, missing_of
from paydesk.domain.triage.actions import acknowledge_escalation
from paydesk.domain.triage.queries import escalations_of, to_act_on
from paydesk.domain.triage.rules import ESCALATES, GOES_TO
from paydesk.kernel.actor import Actor
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.addresses import kind_and_number, number_in, page_of
from paydesk.web.answers import came_from, done
from paydesk.web.cases.shown import shown as case_shown
from paydesk.web.payments.shown import shown as payment_shown
from paydesk.web.queues.subjects import Subject, subject_or_404
from paydesk.web.risk import forms as asked
from paydesk.web.risk.deeds import dialog, dialog_view

if TYPE_CHECKING:
    from paydesk.domain.parties.models import Customer

RAISE, SEEN = "risk.escalate", "clocks.acknowledge"
MOST = 8  # of their cases and of their payments, the newest


@dialog_view
@needs(RAISE)
def escalate(request: HttpRequest, code: str) -> HttpResponse:
    """Hand a case or payment to somebody in risk; what is missing for the decision is said."""
    actor, is_sent = actor_of(request), request.method == "POST"
    if (kind_and_number(code) or ("",))[0] == "customer":
        return _of_customer(request, actor, code)
    subject = subject_or_404(actor, code)
    if subject.kind not in ("case", "payment"):
        raise Http404("A case or a payment is escalated.")
    flags = to_act_on(escalations_of(subject.number)) if subject.kind == "case" else []
    people = deciders(subject.market)
    form = asked.Escalate(
        request.POST if is_sent else None, initial=_feared(flags, people), auto_id="deed_%s"
    ).for_people(people, may_restrict=subject.kind == "case")
    back = came_from(request, page_of(*subject.link))
    if is_sent and form.is_valid():
        data, now = form.cleaned_data, timezone.now()
        restricted = data.get("is_restricted", False)
        made = actions.escalate(
            subject.link, market=subject.market, kind=data["kind"], severity=data["severity"],
            reason=data["reason"], owner_id=int(data["owner"]), is_restricted=restricted, by=actor, now=now,
        )  # fmt: skip
        if gate(actor, SEEN).allowed:  # whoever hands it to risk has taken up what the desk raised
            for flag in flags:
                acknowledge_escalation(flag.pk, by=actor, now=now)
        if restricted:  # whoever escalated does not see the case any more
            back = reverse("cases:inbox")
        return done(request, back, f"{subject.code} is with {made.owner.name}.")
    here = reverse("risk:escalate", args=[code])
    return dialog(request, form, "Escalate", _says(subject, flags), "Escalate", here, back)


def _feared(flags: list[Any], people: list[Any]) -> dict[str, Any]:
    """What the form begins with: the most pressing reason of the desk; who decides, where it is one."""
    known: dict[str, Any] = {"owner": str(people[0].pk)} if len(people) == 1 else {}
    if flags:
        kind, severity = GOES_TO[flags[0].reason]
        words = ". ".join(ESCALATES[flag.reason] for flag in flags)
        known |= {"kind": kind, "severity": severity, "reason": f"{words}."}
        known["is_restricted"] = any(flag.reason == "staff" for flag in flags)
    return known


def _says(subject: Subject, flags: list[Any]) -> str:
    kind = GOES_TO[flags[0].reason][0] if flags else "risk"
    says = f"{subject.code} goes to somebody who decides; both clocks run from now."
    if missing := missing_of(kind, subject.link, timezone.localdate()):
        says += f" Missing for {'fraud' if kind == 'risk' else 'this'}: {'; '.join(missing)}."
    return says


def _of_customer(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """A customer is escalated by what is feared of them: one of their cases or payments is chosen."""
    customer = _customer_or_404(actor, code)
    theirs = cases_of_customer(actor, customer.pk).filter(state__in=OPEN)[:MOST]
    newest = payments(actor).filter(customer_id=customer.pk).order_by("-value_on", "-id")[:MOST]
    known = {
        "customer": customer,
        "code": code,
        "cases": [case_shown(each, {}) for each in theirs],
        "payments": [payment_shown(each, frozenset()) for each in newest],
    }
    return render(request, "risk/of_customer.html", known)


def _customer_or_404(actor: Actor, code: str) -> Customer:
    number = number_in("customer", code)
    try:
        if number is not None and number < 2**63:
            return customer_for(actor, number)
    except ObjectDoesNotExist:
        pass
    raise Http404("There is no such customer in your markets.")
