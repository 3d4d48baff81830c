"""Files that go out with an answer: any file, the statement of an account, a letter filled with the facts."""

from __future__ import annotations

from datetime import date
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import reswap, retarget, trigger_client_event

from paydesk.domain.cases import actions
from paydesk.domain.cases.desk import letters, waiting_files
from paydesk.domain.cases.made_files import Tells
from paydesk.domain.cases.queries import code, link_pairs
from paydesk.domain.cases.texts import LANGUAGES
from paydesk.foundation.documents.queries import open_document
from paydesk.foundation.people.rules import LANGUAGES as THEIR_WORDS
from paydesk.kernel.refused import Refused
from paydesk.reporting.books.queries.statement import statement_of
from paydesk.web.access import actor_of, needs
from paydesk.web.addresses import page_of
from paydesk.web.cases.filling import filling_of
from paydesk.web.cases.links import contracts_of_ids
from paydesk.web.cases.one_case import known_here
from paydesk.web.cases.proving import Proof, proof_missing
from paydesk.web.cases.shown import WORK, case_or_404, shown
from paydesk.web.contracts.forms import day_input
from paydesk.web.contracts.local_days import local_days
from paydesk.web.sentences import fact
from paydesk.writers.letters import places_of, write_letter
from paydesk.writers.statement_of_account import StatementOfAccount, write_pdf

if TYPE_CHECKING:
    from paydesk.domain.cases.models import Case
    from paydesk.kernel.actor import Actor

TOO_LONG_AGO = date(2000, 1, 1)


class FileForm(forms.Form):
    file = forms.FileField(label="A file of up to 20 MB")


class StatementForm(forms.Form):
    """The statement of one of their accounts."""

    contract = forms.TypedChoiceField(label="Account", coerce=int)
    since = forms.DateField(label="From", widget=day_input())
    through = forms.DateField(label="Through", widget=day_input())

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = self.cleaned_data
        if said.get("since") and said.get("through") and said["since"] > said["through"]:
            raise forms.ValidationError("The first day is after the last.")
        return said


class LetterForm(forms.Form):
    letter = forms.TypedChoiceField(label="Letter", coerce=int)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(WORK)
def attach(request: HttpRequest, public_code: str) -> HttpResponse:
    """Ask which file goes along, make it where it is to be made, and keep it for the next answer."""
    actor = actor_of(request)
    case = case_or_404(actor, public_code)
    kind = request.POST.get("kind", "")
    forms_of = _forms(request, case, actor, kind)
    if request.method == "POST":
        if kind not in forms_of:
            raise Http404("This is not attached to an answer.")
        form = forms_of[kind]
        if form.is_valid():
            {"file": _file, "statement": _statement, "letter": _letter}[kind](case, form.cleaned_data, actor)
            return _files(request, case, actor)
    known = {
        "each": shown(case), "case": case, "forms": forms_of,
        "prove": _not_proved(case), "at": page_of("case", case.pk),
    }  # fmt: skip
    return render(request, "cases/attach.html", known, status=422 if request.method == "POST" else 200)


def _forms(request: HttpRequest, case: Case, actor: Actor, kind: str) -> dict[str, forms.Form]:
    now = timezone.now()
    contracts = _contracts(case, actor)
    first = min((each.opened_on for each in contracts), default=TOO_LONG_AGO)
    today = local_days(actor, now)[case.market].today

    def said(name: str) -> Any:
        return request.POST if kind == name else None

    found: dict[str, forms.Form] = {
        "file": FileForm(said("file"), request.FILES if kind == "file" else None, auto_id="file_%s")
    }
    if contracts:
        statement = StatementForm(
            said("statement"), initial={"since": first, "through": today}, auto_id="statement_%s"
        )
        field: Any = statement.fields["contract"]
        field.choices = [(each.pk, each.account_number) for each in contracts]
        found["statement"] = statement
    if known := letters():
        letter = LetterForm(said("letter"), auto_id="letter_%s")
        choice: Any = letter.fields["letter"]
        known.sort(key=lambda each: (each.language != case.language, each.title, each.language))
        choice.choices = [(each.pk, f"{each.title} ({LANGUAGES[each.language]})") for each in known]
        found["letter"] = letter
    return found


def _contracts(case: Case, actor: Actor) -> list[Any]:
    """Contracts the case is confirmed to be about, and those of its customer."""
    linked = [number for kind, number in link_pairs(case.pk) if kind == "contract"]
    found = {each.pk: each for each in contracts_of_ids(actor, linked)}
    if case.customer is not None:
        found |= {each.pk: each for each in case.customer.contracts.order_by("pk")}
    return list(found.values())


def _not_proved(case: Case) -> Proof | None:
    """What somebody has to prove, where they are answered, before all that they owe is told."""
    return proof_missing(case, "statement.send", level=known_here(case, timezone.now()))


def _file(case: Case, said: dict[str, Any], by: Actor) -> None:
    actions.attach_file(case.pk, said["file"], filename=said["file"].name, by=by, now=timezone.now())


def _statement(case: Case, said: dict[str, Any], by: Actor) -> None:
    if missing := _not_proved(case):
        raise Refused(missing.why, code="case.identity", prove=code(case) if missing.url else "")
    contract = next((each for each in _contracts(case, by) if each.pk == said["contract"]), None)
    if contract is None:
        raise Refused("This account is none of theirs.")
    if case.customer_id != contract.customer_id:
        raise Refused("This account belongs to somebody else than the customer of this case.")
    now = timezone.now()
    market = local_days(by, now)[contract.market].market
    statement = statement_of(
        by, contract, since=said["since"], through=said["through"], name=contract.customer.name,
        market=market.name, printed_at=timezone.localtime(now, ZoneInfo(market.time_zone)),
    )  # fmt: skip
    actions.attach_file(
        case.pk, BytesIO(_in_their_language(statement, case.language)), filename=f"{statement.file_name}.pdf",
        told=f"statement of account, {said['since']} to {said['through']}",
        tells=Tells("statement.send", (("contract", contract.pk),), case.customer_id), by=by, now=now,
    )  # fmt: skip


def _in_their_language(statement: StatementOfAccount, language: str) -> bytes:
    """The statement as whoever it is for reads it; in English where the desk has no words of theirs."""
    spoken = language if language in THEIR_WORDS else "en"
    return write_pdf(statement, language=spoken, said=partial(fact, language=spoken))


def _letter(case: Case, said: dict[str, Any], by: Actor) -> None:
    letter = next((each for each in letters() if each.pk == said["letter"]), None)
    if letter is None:
        raise Refused("This letter is not in use any more.")
    now = timezone.now()
    with open_document(letter.document_id).file as stream:
        template = stream.read()
    filling, places = filling_of(case, by, now), places_of(template)
    made = write_letter(template, filling.values)
    facts = {
        name: value for name, value in filling.values.items() if name in places and name not in filling.own
    }
    by_name = "customer.call_by_name" if filling.knows_name and "customer.name" in places else ""
    actions.attach_file(
        case.pk, BytesIO(made), filename=f"{letter.key}-{case.pk}.docx",
        told=f"letter {letter.key}, {letter.language}, version {letter.version}",
        tells=Tells(by_name, (), case.customer_id, facts), by=by, now=now,
    )  # fmt: skip


@require_POST
@needs(WORK)
def take_off(request: HttpRequest, public_code: str, file_id: int) -> HttpResponse:
    """Do not send this file after all."""
    actor = actor_of(request)
    case = case_or_404(actor, public_code)
    actions.take_off_file(file_id, by=actor, now=timezone.now())
    return _files(request, case, actor)


def _files(request: HttpRequest, case: Case, actor: Actor) -> HttpResponse:
    """The files that go along, put where they stand; what is being written stays as it is."""
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(page_of("case", case.pk))
    known = {"each": shown(case), "waiting": waiting_files(case.pk, actor.id)}
    response = render(request, "cases/_waiting_files.html", known)
    retarget(reswap(response, "outerHTML"), "#waiting-files")
    return trigger_client_event(response, "close-dialog", {})
