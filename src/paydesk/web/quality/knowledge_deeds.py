"""What a person does with an article: a dialog that asks, then the domain's verb."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from paydesk.domain.quality import actions, rules
from paydesk.domain.quality.queries import governable_rows, questions_of, versions_of
from paydesk.foundation.people.queries import markets_of
from paydesk.kernel.actor import Actor
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.account.rights import RIGHT_WORDS
from paydesk.web.addresses import page_of
from paydesk.web.answers import came_from, done

if TYPE_CHECKING:
    from paydesk.domain.quality.models import ArticleVersion, Exam
    from paydesk.web.quality.knowledge import ShownArticle

dialog_view: Callable[[Any], Any] = require_http_methods(["GET", "HEAD", "POST"])
MARKDOWN = "Markdown: # heading, **bold**, - list, [words](https://…). A blank line parts paragraphs."
QUESTIONS = (
    "A question, then its answers, a line each: * before what is right, - before what is wrong. Several * ask"
    " for all of them. A blank line parts questions."
)


def _text(label: str, rows: int, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), strip=False, **more)


class Words(forms.Form):
    title = forms.CharField(max_length=rules.LONGEST_TITLE)
    text = _text("What it says", 14, help_text=MARKDOWN)
    change = forms.CharField(label="What is new", max_length=200, required=False)
    notice_days = forms.IntegerField(
        label="Days of notice until rights rest", initial=rules.NOTICE_DAYS, min_value=0,
        max_value=rules.MOST_NOTICE_DAYS,
    )  # fmt: skip


class NewArticle(Words):
    kind = forms.ChoiceField(choices=[("", "choose"), *rules.KINDS.items()])
    topic = forms.CharField(
        max_length=60, help_text="A short word, the same in every market and language: refunds, late-payout."
    )
    market = forms.ChoiceField(required=False)
    language = forms.ChoiceField(choices=rules.LANGUAGES.items())
    field_order = ("kind", "topic", "market", "language", "title", "text", "notice_days")

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        del self.fields["change"]


class Questions(forms.Form):
    text = _text("Questions", 14, help_text=QUESTIONS)
    pass_percent = forms.IntegerField(
        label="Passed from, in percent", initial=rules.PASS_PERCENT, min_value=1, max_value=100
    )
    tries_a_day = forms.IntegerField(
        label="Tries a day", initial=rules.TRIES_A_DAY, min_value=1, max_value=rules.MOST_TRIES_A_DAY
    )


class Governs(forms.Form):
    rows = forms.MultipleChoiceField(
        label="Rights that wait for its exam", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        field: Any = self.fields["rows"]
        field.choices = [(row, RIGHT_WORDS.get(row, row)) for row in governable_rows()]


class Reason(forms.Form):
    reason = forms.CharField(label="Why it does not hold any more", max_length=200)


@dataclass(frozen=True, slots=True)
class Deed:
    """`right` is what it takes, `open_to` whether it can be done with an article as it stands."""

    name: str
    label: str
    key: str
    right: str
    open_to: Callable[[ShownArticle], bool]
    form: type[forms.Form]
    do: Callable[..., object]
    says: str
    button: str
    told: str

    def right_for(self, each: ShownArticle) -> str:
        policy = each.article.kind == "policy"
        return SECOND if self.right == "knowledge.publish" and policy else self.right


SECOND = "knowledge.publish_policy:check"
DEEDS = {
    deed.name: deed
    for deed in (
        Deed(
            "publish", "Publish", "p", "knowledge.publish", lambda each: each.draft is not None, forms.Form,
            lambda each, by, now: actions.publish(each.article.pk, number=each.draft.number, by=by, now=now),
            "From now on it counts, and replies cite it. What counted before is kept.",
            "Publish", "Published.",
        ),
        Deed(
            "edit", "Edit the draft", "e", "knowledge.write", lambda each: each.draft is not None, Words,
            lambda each, by, now, **said: actions.edit_draft(each.article.pk, **said, by=by, now=now),
            "Whoever writes last is its writer; a policy is published by somebody else.", "Save", "Saved.",
        ),
        Deed(
            "version", "New version", "e", "knowledge.write", lambda each: each.draft is None, forms.Form,
            lambda each, by, now: actions.begin_version(each.article.pk, by=by, now=now),
            "A draft with words and exam of the newest version; nothing changes before it is published.",
            "Begin it", "The draft is there: edit it.",
        ),
        Deed(
            "exam", "Write the exam", "x", "knowledge.write",
            lambda each: each.draft is not None and each.article.kind == "policy", Questions,
            lambda each, by, now, **said: actions.write_exam(each.article.pk, **said, by=by, now=now),
            "It opens when the version is published.", "Save", "The exam is kept with the draft.",
        ),
        Deed(
            "govern", "Rights", "", "settings.manage",
            lambda each: each.article.kind == "policy", Governs,
            lambda each, by, now, rows: actions.set_governed(each.article.pk, rows=rows, by=by, now=now),
            "They rest for whoever has not passed, after the notice. Looking is never withheld, and a right "
            "above its limit follows the one below.",
            "Save", "Kept. Whoever has to pass sees it on Home.",
        ),
        Deed(
            "withdraw", "Withdraw", "", "knowledge.publish", lambda each: each.live is not None, Reason,
            lambda each, by, now, reason: actions.withdraw(each.article.pk, reason=reason, by=by, now=now),
            "Nothing of it counts then, and no reply cites it any more. Its versions are kept.",
            "Withdraw", "Withdrawn.",
        ),
        Deed(
            "discard", "Discard the draft", "", "knowledge.write", lambda each: each.draft is not None,
            forms.Form,
            lambda each, by, now: actions.discard_draft(each.article.pk, by=by, now=now),
            "The draft is put aside; what counts stays.", "Discard", "The draft is put aside.",
        ),
    )
}  # fmt: skip


def buttons_for(each: ShownArticle, actor: Actor) -> list[tuple[Deed, str, str]]:
    """(deed, address, why not) of what can be done with it as it stands."""
    return [
        (deed, reverse("knowledge:act", args=[each.code, deed.name]), why_not(deed, each, actor))
        for deed in DEEDS.values()
        if deed.open_to(each)
    ]


def why_not(deed: Deed, each: ShownArticle, actor: Actor) -> str:
    """Why this person cannot do it; "" where they can."""
    if not deed.open_to(each):
        return "This is not possible any more: look at the article again."
    if reason := gate(actor, deed.right_for(each)).reason:
        return reason
    policy = each.article.kind == "policy"
    if deed.name == "publish" and policy and each.draft and each.draft.made_by == actor.label:
        return "You wrote this version: somebody else who may publish it reads it first."
    return ""


@dialog_view
@needs("knowledge:view")
def act(request: HttpRequest, public_code: str, deed: str) -> HttpResponse:
    """Ask what has to be said, then do it, once."""
    from paydesk.web.quality.knowledge import article_or_404, shown

    actor = actor_of(request)
    chosen = DEEDS.get(deed)
    if chosen is None:
        raise Http404("There is no such act.")
    each = shown(article_or_404(actor, public_code))
    is_sent, page = request.method == "POST", page_of("article", each.article.pk)
    form = chosen.form(request.POST if is_sent else None, initial=_initial(each, deed), auto_id="deed_%s")
    if is_sent and form.is_valid():
        if each.draft is None and chosen.name == "publish":
            raise Http404("There is no draft.")
        chosen.do(each, by=actor, now=timezone.now(), **form.cleaned_data)
        return done(request, page, f"{each.title}: {chosen.told}")
    known = {
        "what": each.title, "deed": chosen, "form": form, "at": came_from(request, page),
        "here": reverse("knowledge:act", args=[each.code, deed]), "blocked": why_not(chosen, each, actor),
    }  # fmt: skip
    return render(request, "quality/deed.html", known, status=422 if is_sent else 200)


def _initial(each: ShownArticle, deed: str) -> dict[str, Any]:
    draft = each.draft
    if deed == "govern":
        return {"rows": each.article.governs}
    if draft is None:
        return {}
    if deed == "exam":
        exam = _exam_of(draft)
        if exam is None:
            return {}
        return {
            "text": rules.questions_as_text(questions_of(exam)), "pass_percent": exam.pass_percent,
            "tries_a_day": exam.tries_a_day,
        }  # fmt: skip
    return {
        "title": draft.title, "text": draft.text, "change": draft.change, "notice_days": draft.notice_days
    }  # fmt: skip


def _exam_of(version: ArticleVersion) -> Exam | None:
    found = (one for one in versions_of(version.article_id) if one.pk == version.pk)
    return next((one.exam for one in found if hasattr(one, "exam")), None)


@dialog_view
@needs("knowledge.write")
def new(request: HttpRequest) -> HttpResponse:
    """A new article, as a draft."""
    actor, is_sent = actor_of(request), request.method == "POST"
    form = NewArticle(request.POST if is_sent else None, auto_id="article_%s")
    market: Any = form.fields["market"]
    market.choices = [("", "all markets"), *((each.pk, each.name) for each in markets_of(actor))]
    if is_sent and form.is_valid():
        draft = actions.begin_article(**form.cleaned_data, by=actor, now=timezone.now())
        return done(request, page_of("article", draft.article_id), f"{draft.title}: the draft is there.")
    known = {
        "what": "", "form": form, "at": came_from(request, reverse("knowledge:list")),
        "here": reverse("knowledge:new"), "blocked": "",
        "deed": {"label": "New article", "button": "Keep the draft",
                 "says": "It counts for nothing before it is published."},
    }  # fmt: skip
    return render(request, "quality/deed.html", known, status=422 if is_sent else 200)
