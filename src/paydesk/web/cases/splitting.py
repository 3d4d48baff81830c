"""Splitting a case: which messages become one of their own, what of its links goes with them, from when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from paydesk.domain.cases import actions
from paydesk.domain.cases.queries import code, links_of, messages_of
from paydesk.domain.cases.rules import GOES
from paydesk.domain.cases.said_in import merged_into
from paydesk.domain.cases.states import OPEN
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.addresses import code_in, page_of
from paydesk.web.answers import came_from, done
from paydesk.web.cases.deeds import dialog_view
from paydesk.web.cases.links import WORDS
from paydesk.web.cases.shown import SEE, WORK, case_or_404, shown
from paydesk.web.cases.story import story_of
from paydesk.web.language import spoken

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from paydesk.domain.cases.models import Case

MOST = 60  # messages that are offered, the newest
STAYS = ("", "stays here")
FIRST_WORDS = 120


class Split(forms.Form):
    """What is asked beside the choices for each message and link."""

    subject = forms.CharField(
        label="What the new case is about", max_length=200, required=False,
        help_text="Empty: the first words that go into it.",
    )  # fmt: skip
    starts_at = forms.DateTimeField(
        label="Its clocks start", required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text="Empty: as those of this case. That of a complaint moves once a second person says so.",
    )  # fmt: skip
    reason = forms.CharField(
        label="Why they start at another time, without names or numbers of customers", max_length=200,
        required=False,
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput)
    sent_key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("starts_at") and not said.get("reason"):
            self.add_error("reason", "Say why: the reason is kept in the audit trail.")
        return said


class Goes(forms.Form):
    """One choice for each of several things: `name` is "message" or "link", `rows` are (id, words)."""

    def __init__(self, data: Any, name: str, rows: Iterable[tuple[int, str]]) -> None:
        super().__init__(data, auto_id="split_%s")
        for number, words in rows:
            self.fields[f"{name}_{number}"] = forms.ChoiceField(
                label=words, required=False, choices=[STAYS, *GOES.items()]
            )

    @property
    def chosen(self) -> dict[int, str]:
        """{id: how it goes} of what does not stay."""
        return {int(name.split("_")[1]): goes for name, goes in self.cleaned_data.items() if goes}


@dialog_view
@needs(SEE)
def split(request: HttpRequest, public_code: str) -> HttpResponse:
    """Ask what goes into the new case, then make it, once."""
    actor = actor_of(request)
    case = case_or_404(actor, public_code)
    is_sent, page = request.method == "POST", page_of("case", case.pk)
    first = {"version": case.version, "sent_key": uuid4().hex}
    form = Split(request.POST if is_sent else None, initial=first, auto_id="split_%s")
    said = Goes(request.POST if is_sent else None, "message", _messages(case))
    about = Goes(request.POST if is_sent else None, "link", _links(case))
    if is_sent and all([form.is_valid(), said.is_valid(), about.is_valid()]):
        child = actions.split(
            case.pk, messages=said.chosen, links=about.chosen, **form.cleaned_data, by=actor,
            now=timezone.now(),
        )  # fmt: skip
        told = _("split off %s.") % code(case)
        return done(request, page_of("case", child.pk), f"{code(child)}: {told}")
    known = {
        "each": shown(case), "case": case, "form": form, "said": said, "about": about,
        "at": came_from(request, page), "blocked": gate(actor, WORK).reason or _why_not(case),
    }  # fmt: skip
    return render(request, "cases/split.html", known, status=422 if is_sent else 200)


def _why_not(case: Case) -> str:
    return "" if case.state in OPEN else _("This case is %s: look at it again.") % spoken(shown(case).word)


def _messages(case: Case) -> Sequence[tuple[int, str]]:
    """What they said in this very case, and notes, the newest MOST, each by its time and first words."""
    merged = merged_into(case.pk)
    said = [
        each for each in messages_of(case) if each.direction in ("in", "note") and each.case_id not in merged
    ]
    return [
        (
            entry.message.pk,
            f"{timezone.localtime(entry.at):%-d %b %H:%M}, {entry.head}: {_first_words(entry.message.text)}",
        )
        for entry in story_of(case, said, ())[-MOST:]
        if entry.message is not None
    ]


def _first_words(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= FIRST_WORDS else f"{words[: FIRST_WORDS - 1]}…"


def _links(case: Case) -> Sequence[tuple[int, str]]:
    return [
        (
            link.pk,
            f"{spoken(WORDS.get(link.kind, link.kind.capitalize()))} {code_in(link.kind, link.object_id)}",
        )
        for link in links_of(case.pk)
    ]
