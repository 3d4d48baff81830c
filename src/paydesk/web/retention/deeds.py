"""What a person does about what is kept: a dialog that asks, then the domain's verb."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from paydesk.domain.cases.queries import messages_of
from paydesk.domain.marketplace.queries import seller_for
from paydesk.domain.parties.queries import customer_for
from paydesk.domain.retention import actions
from paydesk.domain.retention.queries import pack_for, packs_of, redactions_of
from paydesk.domain.retention.standing import why_not_erased
from paydesk.foundation.people.queries import markets_of
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import Refused
from paydesk.web.access import actor_of, gate, gate_to_ask, needs
from paydesk.web.addresses import kind_and_number, page_of
from paydesk.web.answers import came_from, document_of, done
from paydesk.web.cases.shown import case_or_404
from paydesk.web.deeds import Nothing
from paydesk.web.retention import forms as asked
from paydesk.web.retention.views import SEE

dialog_view: Callable[[Any], Any] = require_http_methods(["GET", "HEAD", "POST"])
FIND: dict[str, Callable[[Actor, int], object]] = {"customer": customer_for, "seller": seller_for}
SAYS = {
    "customer": "Names, phones, identity numbers, messages and files are replaced for good. Sums, postings, "
    "dates and the trail stay, and so do the providers’ rows until the books may go.",
    "seller": "Their name, what was said of why something failed, messages, mails and files are replaced for "
    "good, also in what the platform sent. Sums, postings, dates, the platform’s numbers and the trail stay.",
}
REDACT, CONFIRM, EXPORT = "cases.redact", "cases.confirm_redaction:check", "retention.export_person"


@dialog_view
@needs(SEE)
def set_rule(request: HttpRequest) -> HttpResponse:
    """How long a class of data is kept in a market, with its source."""
    actor, is_sent = actor_of(request), request.method == "POST"
    form = asked.SetRule(request.POST if is_sent else None, auto_id="deed_%s")
    market: Any = form.fields["market"]
    market.choices = [("", "all markets"), *((each.pk, each.name) for each in markets_of(actor))]
    blocked = gate(actor, "retention.manage").reason
    if is_sent and form.is_valid():
        actions.set_retention(**form.cleaned_data, by=actor, now=timezone.now())
        return done(request, _back(request), "It holds from the next night.")
    says = "Rules are never changed: the newest of a market counts, and every one stays in the trail."
    return dialog(request, form, "How long it is kept", says, "Set", reverse("retention:set"), blocked)


@dialog_view
@needs(SEE)
def hold(request: HttpRequest) -> HttpResponse:
    """Nothing of a person or case is erased until a second person lifts it."""
    actor, is_sent = actor_of(request), request.method == "POST"
    asked_about = {"code": request.GET.get("code", "")[:40]}
    form = asked.Hold(request.POST if is_sent else None, initial=asked_about, auto_id="deed_%s")
    blocked = gate(actor, "retention.hold").reason
    if is_sent and form.is_valid():
        known = kind_and_number(form.cleaned_data["code"])
        if known is None or known[0] not in ("customer", "seller", "case"):
            raise Refused("This is no code of a customer, seller or case: check its last letter.")
        try:
            actions.place_hold(known, reason=form.cleaned_data["reason"], by=actor, now=timezone.now())
        except ObjectDoesNotExist:
            raise Refused("There is no such customer, seller or case in your markets.") from None
        return done(request, _back(request), "Nothing of it is erased until it is lifted.")
    says = "The schedule passes it over, and nobody can have it forgotten."
    return dialog(request, form, "Legal hold", says, "Hold it", reverse("retention:hold"), blocked)


@dialog_view
@needs(SEE)
def lift(request: HttpRequest, hold_id: int) -> HttpResponse:
    """Another person than the one who placed it lifts a hold."""
    actor, is_sent = actor_of(request), request.method == "POST"
    form = asked.Why(request.POST if is_sent else None, auto_id="deed_%s")
    if is_sent and form.is_valid():
        actions.lift_hold(hold_id, **form.cleaned_data, by=actor, now=timezone.now())
        return done(request, _back(request), "Lifted: the schedule goes on.")
    blocked = gate(actor, "retention.lift_hold:check").reason
    here, says = reverse("retention:lift", args=[hold_id]), "Whoever placed it does not lift it."
    return dialog(request, form, "Lift the legal hold", says, "Lift it", here, blocked)


@dialog_view
@needs("retention.erase:view")
def forget(request: HttpRequest, code: str) -> HttpResponse:
    """Somebody wants to be forgotten: what stands against it is said before it is asked for."""
    actor, is_sent = actor_of(request), request.method == "POST"
    whom = person_or_404(actor, code)
    form = asked.Forget(request.POST if is_sent else None, auto_id="deed_%s")
    against = why_not_erased(whom, timezone.localdate())
    blocked = gate_to_ask(actor, "retention.erase").reason or " ".join(against)
    if is_sent and form.is_valid():
        actions.ask_to_erase(whom, **form.cleaned_data, by=actor, now=timezone.now())
        return done(request, _back(request, page_of(*whom)), "A second person decides.")
    says = SAYS[whom[0]]
    here = reverse("retention:forget", args=[code])
    return dialog(request, form, f"Forget {code}", says, "Ask for it", here, blocked)


@dialog_view
@needs("retention.erase:view")
def answer_wish(request: HttpRequest, erasure_id: int, answer: str) -> HttpResponse:
    """The second person has somebody forgotten, or refuses it."""
    actor, is_sent = actor_of(request), request.method == "POST"
    if answer not in ("erase", "refuse"):
        raise Http404("There is no such answer.")
    refuses = answer == "refuse"
    kind: type[forms.Form] = asked.Why if refuses else Nothing
    form = kind(request.POST if is_sent else None, auto_id="deed_%s")
    if is_sent and form.is_valid():
        if refuses:
            actions.refuse_erasure(erasure_id, **form.cleaned_data, by=actor, now=timezone.now())
            return done(request, _back(request), "Refused.")
        made = actions.erase(erasure_id, by=actor, now=timezone.now())
        told = ", ".join(f"{count} {name}" for name, count in made.counts.items())
        return done(request, _back(request), f"Forgotten: {told}.")
    says = "The reason is told to them." if refuses else "It does not come back. Sums and the trail stay."
    title, button = ("Refuse the wish", "Refuse") if refuses else ("Forget them", "Forget them for good")
    here = reverse("retention:answer_wish", args=[erasure_id, answer])
    return dialog(request, form, title, says, button, here, gate(actor, "retention.erase:check").reason)


@dialog_view
@needs("cases.redact:view")
def redact(request: HttpRequest, code: str) -> HttpResponse:
    """Take words out of a message of a case, or a file; card data at once, the rest by two people."""
    actor, is_sent = actor_of(request), request.method == "POST"
    case = case_or_404(actor, code)
    choices = []
    for message in messages_of(case):
        said = " ".join(message.text.split())[:60]
        choices.append((f"message-{message.pk}", f"{message.at:%d %b %H:%M} {said}"))
        choices += [(f"file-{file.pk}", f"File {file.name}") for file in message.attachments.all()]
    form = asked.Redact(request.POST if is_sent else None, auto_id="deed_%s").of(choices)
    back = _back(request, page_of("case", case.pk))
    if is_sent and form.is_valid():
        data, now = form.cleaned_data, timezone.now()
        kind, _, number = data["what"].partition("-")
        if kind == "file":
            made = actions.redact_file(int(number), reason=data["reason"], by=actor, now=now)
        else:
            made = actions.redact_words(
                int(number), words=data["words"], reason=data["reason"], by=actor, now=now
            )
        told = "It is gone." if made.state == "redacted" else "A second person looks and decides."
        return done(request, back, f"{code}: {told}")
    waiting = sum(each.state == "asked" for each in redactions_of(case.pk))
    says = "It goes from every message, file and mail of this case, and does not come back."
    if waiting:
        says += f" {waiting} of this case wait for a second person already."
    here = reverse("retention:redact", args=[code])
    return dialog(request, form, f"Redact: {code}", says, "Redact", here, gate(actor, REDACT).reason)


@dialog_view
@needs("cases.redact:view")
def answer_redaction(request: HttpRequest, redaction_id: int, answer: str) -> HttpResponse:
    """The second person has it taken out, or leaves it."""
    actor, is_sent = actor_of(request), request.method == "POST"
    if answer not in ("redact", "refuse"):
        raise Http404("There is no such answer.")
    verb = actions.confirm_redaction if answer == "redact" else actions.refuse_redaction
    form = Nothing(request.POST if is_sent else None)
    if is_sent and form.is_valid():
        made = verb(redaction_id, by=actor, now=timezone.now())
        told = f"Gone from {made.places} places." if answer == "redact" else "It stays."
        return done(request, _back(request), told)
    title, button = ("Take it out", "Take it out") if answer == "redact" else ("Leave it", "Leave it")
    here = reverse("retention:answer_redaction", args=[redaction_id, answer])
    says = "It does not come back." if answer == "redact" else "Nothing changes in the case."
    return dialog(request, form, title, says, button, here, gate(actor, CONFIRM).reason)


@dialog_view
@needs("retention.export_person:view")
def person(request: HttpRequest, code: str) -> HttpResponse:
    """Everything we keep of a person, for themselves: one file, made by the worker."""
    actor, is_sent = actor_of(request), request.method == "POST"
    whom = person_or_404(actor, code)
    form = asked.Person(request.POST if is_sent else None, auto_id="deed_%s")
    if is_sent and form.is_valid():
        actions.ask_for_pack("person", whom, **form.cleaned_data, by=actor, now=timezone.now())
        return done(request, _back(request, page_of(*whom)), "It is being made.")
    known = {"packs": packs_of(actor, *whom)}
    what = "balance, orders, withdrawals" if whom[0] == "seller" else "contracts, payments, refunds"
    says = f"Who they are to us, {what}, cases with every word: readable, and as JSON."
    here = reverse("retention:person", args=[code])
    blocked = gate(actor, EXPORT).reason
    return dialog(request, form, f"What we keep of {code}", says, "Make it", here, blocked, **known)


@require_safe
@needs("retention.export_person:view")
def download(request: HttpRequest, pack_id: int) -> HttpResponseBase:
    """The file of a person; who took it along is in the trail."""
    actor = actor_of(request)
    try:
        pack_for(actor, pack_id)
    except ObjectDoesNotExist:
        raise Http404("There is no such file in your markets.") from None
    return document_of(actions.hand_out(pack_id, by=actor, now=timezone.now()))


def person_or_404(actor: Actor, code: str) -> tuple[str, int]:
    """("customer", id) or ("seller", id) of a code, of the actor's markets."""
    known = kind_and_number(code)
    try:
        if known is not None and known[0] in FIND and known[1] < 2**63:
            FIND[known[0]](actor, known[1])
            return known
    except ObjectDoesNotExist:
        pass
    raise Http404("There is no such customer or seller in your markets.")


def _back(request: HttpRequest, otherwise: str = "") -> str:
    return came_from(request, otherwise or reverse("retention:overview"))


def dialog(
    request: HttpRequest, form: forms.Form, title: str, says: str, button: str, here: str, blocked: str,
    **more: Any,
) -> HttpResponse:  # fmt: skip
    """A dialog that asks, as page or in place."""
    known = {"form": form, "title": title, "says": says, "button": button, "here": here,
             "at": _back(request), "blocked": blocked, **more}  # fmt: skip
    return render(request, "retention/dialog.html", known, status=422 if request.method == "POST" else 200)
