"""Several cases sorted, put off or tagged together: shown before, done one by one, undone with a press.

Never anything that moves money. What is undone is only what nobody touched since.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from paydesk.domain.cases import actions
from paydesk.domain.cases.categories import ROOT_CAUSES, leaves
from paydesk.domain.cases.queries import cases, code, current_tree
from paydesk.domain.cases.states import WAITS_FOR
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import Refused
from paydesk.web.access import actor_of, needs
from paydesk.web.addresses import number_in, page_of
from paydesk.web.answers import came_from
from paydesk.web.cases.forms import CHOOSE
from paydesk.web.cases.shown import WORK, shown
from paydesk.web.paging import PAGE_SIZE
from paydesk.web.queues.bulk import NOTHING, Outcome

if TYPE_CHECKING:
    from paydesk.domain.cases.models import Case

dialog_view: Callable[[Any], Any] = require_http_methods(["GET", "HEAD", "POST"])
KEPT_UNDOS = 5


class SortTogether(forms.Form):
    """What is empty stays as it is in each."""

    category = forms.ChoiceField(required=False)
    root_cause = forms.ChoiceField(required=False, choices=[CHOOSE, *ROOT_CAUSES.items()])

    def __init__(self, *said: Any, **more: Any) -> None:
        super().__init__(*said, **more)
        category: Any = self.fields["category"]
        category.choices = [CHOOSE, *leaves(current_tree()[1]).items()]


class WaitTogether(forms.Form):
    waits_for = forms.ChoiceField(label="For whom they wait", choices=list(WAITS_FOR.items()))
    until = forms.DateTimeField(
        label="They come back at",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


class TagTogether(forms.Form):
    add = forms.CharField(label="Tags to put on, with spaces between", max_length=200, required=False)
    remove = forms.CharField(label="Tags to take off", max_length=200, required=False)


def _sort(case: Case, said: dict[str, Any], by: Actor, now: datetime) -> tuple[str, dict[str, Any]]:
    wanted = {name: value for name, value in said.items() if value}
    if not wanted:
        raise Refused("Choose a category or a root cause.")
    was = {name: getattr(case, name) for name in wanted}
    actions.sort_case(case.pk, **wanted, version=case.version, by=by, now=now)
    return "Sorted.", was


def _unsort(case_id: int, was: dict[str, Any], version: int, by: Actor, now: datetime) -> None:
    actions.sort_case(case_id, **was, version=version, by=by, now=now)


def _wait(case: Case, said: dict[str, Any], by: Actor, now: datetime) -> tuple[str, dict[str, Any]]:
    actions.wait(case.pk, waits_for=said["waits_for"], until=said["until"], by=by, now=now)
    return f"It comes back {timezone.localtime(said['until']):%-d %b %H:%M}.", {}


def _unwait(case_id: int, was: dict[str, Any], version: int, by: Actor, now: datetime) -> None:
    actions.take_up(case_id, by=by, now=now)


def _tag(case: Case, said: dict[str, Any], by: Actor, now: datetime) -> tuple[str, dict[str, Any]]:
    add, remove = said["add"].replace(",", " ").split(), said["remove"].replace(",", " ").split()
    if not add and not remove:
        raise Refused("Say which tags to put on or to take off.")
    was = list(case.tags)
    after = actions.tag_case(case.pk, add=add, remove=remove, by=by, now=now)
    new = [each for each in after.tags if each not in was]
    return "Tagged.", {"add": [each for each in was if each not in after.tags], "remove": new}


def _untag(case_id: int, was: dict[str, Any], version: int, by: Actor, now: datetime) -> None:
    actions.tag_case(case_id, add=was["add"], remove=was["remove"], by=by, now=now)


@dataclass(frozen=True, slots=True)
class Together:
    """One thing that is done with several: `do` gives the words and what it was, `undo` puts that back."""

    name: str
    label: str
    says: str
    form: type[forms.Form]
    do: Callable[[Case, dict[str, Any], Actor, datetime], tuple[str, dict[str, Any]]]
    undo: Callable[[int, dict[str, Any], int, Actor, datetime], None]


TOGETHER = {
    each.name: each
    for each in (
        Together("sort", "Sort", "What stays empty stays in each as it is.", SortTogether, _sort, _unsort),
        Together(
            "wait", "Snooze", "They come back by themselves then, or when the customer writes.",
            WaitTogether, _wait, _unwait,
        ),
        Together("tag", "Tag", "Words to find them together again; no names.", TagTogether, _tag, _untag),
    )
}  # fmt: skip


@dialog_view
@needs(WORK)
@vary_on_headers("HX-Request", "HX-Target")
def together(request: HttpRequest, deed: str) -> HttpResponse:
    """Show what is chosen and ask what to do, then do it with each; what is refused is said."""
    if deed not in TOGETHER:
        raise Http404("This is not done with several.")
    chosen, actor, is_sent = TOGETHER[deed], actor_of(request), request.method == "POST"
    found = _chosen(request, actor)
    form = chosen.form(request.POST if is_sent else None, auto_id="together_%s")
    words = leaves(current_tree()[1])
    known = {"deed": chosen, "at": came_from(request, "/cases/")}
    if not (is_sent and form.is_valid()):
        known |= {"form": form, "rows": [shown(case, words) for case in found]}
        return render(request, "cases/together.html", known, status=422 if is_sent else 200)
    outcomes, undo, now = [], [], timezone.now()
    for case in found:
        here = code(case), page_of("case", case.pk)
        try:
            told, was = chosen.do(case, form.cleaned_data, actor, now)
        except Refused as refused:
            outcomes.append(Outcome(*here, refused.text, False))
        else:
            outcomes.append(Outcome(*here, told, True))
            undo.append([case.pk, was])
    known |= {"outcomes": outcomes, "done_count": len(undo), "undo": _keep(request, deed, undo)}
    return render(request, "cases/together_done.html", known)


def _chosen(request: HttpRequest, actor: Actor) -> Sequence[Case]:
    said = request.POST if request.method == "POST" else request.GET
    numbers = [number_in("case", each) for each in dict.fromkeys(said.getlist("code")[:PAGE_SIZE])]
    known = [number for number in numbers if number is not None and number < 2**63]
    found = list(cases(actor).filter(pk__in=known).order_by("pk")) if known else []
    if not found:
        raise Refused(NOTHING, code="bulk.nothing")
    return found


def _keep(request: HttpRequest, deed: str, undo: list[Any]) -> str:
    """Remember in the session how it was, so that it can be put back; the key under which."""
    if not undo:
        return ""
    versions = dict(
        cases(actor_of(request)).filter(pk__in=[pk for pk, _ in undo]).values_list("pk", "version")
    )
    kept = dict(list(request.session.get("cases_undo", {}).items())[1 - KEPT_UNDOS :])
    key = uuid4().hex
    kept[key] = {"deed": deed, "rows": [[pk, versions.get(pk, 0), was] for pk, was in undo]}
    request.session["cases_undo"] = kept
    return key


@require_POST
@needs(WORK)
def undo_together(request: HttpRequest) -> HttpResponse:
    """Put back how it was before, in each that nobody touched since."""
    actor, now = actor_of(request), timezone.now()
    kept = request.session.get("cases_undo", {})
    known = kept.pop(request.POST.get("undo", ""), None)
    if known is None:
        raise Refused("This was undone already, or too much was done since.", code="bulk.nothing")
    request.session["cases_undo"] = kept
    deed, outcomes = TOGETHER[known["deed"]], []
    versions = {case.pk: case for case in cases(actor).filter(pk__in=[row[0] for row in known["rows"]])}
    for pk, version, was in known["rows"]:
        case = versions.get(pk)
        if case is None:
            continue
        here = code(case), page_of("case", pk)
        if case.version != version:
            outcomes.append(Outcome(*here, "It went on since: look at it by itself.", False))
            continue
        try:
            deed.undo(pk, was, version, actor, now)
            outcomes.append(Outcome(*here, "As it was before.", True))
        except Refused as refused:
            outcomes.append(Outcome(*here, refused.text, False))
    done = sum(each.is_done for each in outcomes)
    at = came_from(request, "/cases/")
    return render(
        request, "cases/together_done.html",
        {"deed": deed, "outcomes": outcomes, "done_count": done, "is_undone": True, "at": at, "undo": ""},
    )  # fmt: skip
