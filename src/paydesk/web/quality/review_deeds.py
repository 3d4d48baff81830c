"""What a person does with reviews: score, answer, settle, drop; choose a case, set scorecard and plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from paydesk.domain.cases.categories import leaves
from paydesk.domain.cases.queries import current_tree
from paydesk.domain.quality import actions
from paydesk.domain.quality.review_queries import current_items, current_plan
from paydesk.domain.quality.review_rules import DROPPED, MOST_OF_A_MONTH, Plan, items_as_text
from paydesk.domain.quality.states import REVIEW
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money, exact_minor
from paydesk.kernel.refused import Refused
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.addresses import code_in, kind_and_number, number_in, page_of
from paydesk.web.answers import came_from, done

if TYPE_CHECKING:
    from paydesk.domain.quality.review_models import Review

dialog_view: Callable[[Any], Any] = require_http_methods(["GET", "HEAD", "POST"])
SCORE, OWN, SETTLE, PLAN = "reviews.score", "reviews.own", "reviews.settle:check", "reviews.plan"


def _said(label: str) -> forms.CharField:
    return forms.CharField(label=label, max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))


class Said(forms.Form):
    text = _said("What you say to it")


class Why(forms.Form):
    reason = _said("Why it is not looked at")


@dataclass(frozen=True, slots=True)
class Act:
    """What can be done with a review, by whom; `blocked` says why not."""

    name: str
    label: str
    key: str
    url: str
    blocked: str = ""


def acts_for(review: Review, actor: Actor) -> list[Act]:
    """What may be done with it in its state; what belongs to somebody else is left out or says why."""
    code, own = code_in("review", review.pk), review.agent_id == actor.id
    acts = []

    def add(name: str, label: str, key: str, right: str, blocked: str = "") -> None:
        url = reverse("reviews:mark" if name in ("score", "settle") else "reviews:act", args=[code, name])
        acts.append(Act(name, label, key, url, gate(actor, right).reason or blocked))

    theirs = "This is your own work: somebody else looks at it." if own else ""
    if REVIEW.may("score", review.state):
        half = review.calibration_id is not None and review.reviewer_id != actor.id
        add("score", "Score", "s", SCORE, theirs or ("This half is somebody else's." if half else ""))
        if review.reason in DROPPED:
            add("drop", "Drop", "", SCORE, theirs)
    if REVIEW.may("answer", review.state) and own and review.calibration_id is None:
        add("answer", "Answer", "r", OWN)
        add("appeal", "Appeal", "", OWN)
    if REVIEW.may("settle", review.state):
        third = "" if review.reviewer_id != actor.id else "You scored it: a third person settles the appeal."
        add("settle", "Settle", "s", SETTLE, theirs or third)
    return acts


DIALOGS: dict[str, tuple[type[forms.Form], str, str, str]] = {
    "answer": (Said, "Answer", "It stands beside the review. You can say something to it once.", "Answer"),
    "appeal": (
        Said, "Appeal", "A third person looks at it again and decides. You can say something to it once.",
        "Appeal",
    ),
    "drop": (Why, "Drop", "It is not looked at after all; the reason is kept.", "Drop it"),
}  # fmt: skip


@dialog_view
@needs("reviews.own:view")
def act(request: HttpRequest, public_code: str, deed: str) -> HttpResponse:
    """Ask what has to be said, then do it, once."""
    from paydesk.web.quality.reviews import review_or_404

    actor, now = actor_of(request), timezone.now()
    review = review_or_404(actor, public_code)
    if deed not in DIALOGS:
        raise Http404("There is no such act.")
    form_class, label, says, button = DIALOGS[deed]
    is_sent, page = request.method == "POST", page_of("review", review.pk)
    form = form_class(request.POST if is_sent else None, auto_id="deed_%s")
    if is_sent and form.is_valid():
        if deed == "drop":
            actions.drop(review.pk, reason=form.cleaned_data["reason"], by=actor, now=now)
        else:
            actions.answer_review(review.pk, kind=deed, text=form.cleaned_data["text"], by=actor, now=now)
        return done(request, page, f"{code_in('review', review.pk)}: kept.")
    found = next((each for each in acts_for(review, actor) if each.name == deed), None)
    known = {
        "what": code_in("case", review.case_id), "form": form, "at": came_from(request, page),
        "deed": {"label": label, "says": says, "button": button}, "here": request.path,
        "blocked": found.blocked if found else "This is not possible any more: look at the review again.",
    }  # fmt: skip
    return render(request, "quality/deed.html", known, status=422 if is_sent else 200)


@require_POST
@needs("reviews.score")
def mark(request: HttpRequest, public_code: str, deed: str) -> HttpResponse:
    """Keep the marks: the first score, or what an appeal comes to."""
    from paydesk.web.quality.reviews import review_or_404

    actor, now = actor_of(request), timezone.now()
    review = review_or_404(actor, public_code)
    marks = {name[5:]: str(value) for name, value in request.POST.items() if name.startswith("mark-")}
    followed, text = request.POST.get("followed", ""), request.POST.get("text", "")
    if deed == "score":
        actions.score(review.pk, marks=marks, followed=followed, coaching=text, by=actor, now=now)
    elif deed == "settle":
        actions.settle(review.pk, marks=marks, followed=followed, note=text, by=actor, now=now)
    else:
        raise Http404("There is no such act.")
    return done(request, page_of("review", review.pk), f"{code_in('review', review.pk)}: scored.")


class Choose(forms.Form):
    code = forms.CharField(
        label="Code of the case", max_length=20,
        help_text="CAS-…; ESC-… or SID-… for what was handed to risk or finance.",
    )  # fmt: skip
    first = forms.ChoiceField(label="To calibrate: first reviewer", required=False)
    second = forms.ChoiceField(label="Second reviewer", required=False)

    def __init__(self, *args: Any, people: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        for name in ("first", "second"):
            field: Any = self.fields[name]
            field.choices = [("", "a plain review"), *people]


@dialog_view
@needs(SCORE)
def choose(request: HttpRequest) -> HttpResponse:
    """Choose a case by hand: for one review, or for two who do not see each other's marks."""
    from paydesk.web.quality.reviews import reviewers

    actor, is_sent = actor_of(request), request.method == "POST"
    form = Choose(
        request.POST if is_sent else None, people=reviewers(actor), auto_id="choose_%s",
        initial={"code": request.GET.get("case", "")},
    )  # fmt: skip
    if is_sent and form.is_valid():
        data, now = form.cleaned_data, timezone.now()
        ids = [int(data[name]) for name in ("first", "second") if data[name]]
        link = kind_and_number(data["code"])
        if link is not None and link[0] in ("escalation", "side"):
            if ids:
                raise Refused("The work on a case is calibrated; what was handed on has one reviewer.")
            review = actions.ask_review_of(link, by=actor, now=now)
            return done(request, page_of("review", review.pk), f"{data['code']}: chosen.")
        number = number_in("case", data["code"])
        if number is None:
            raise Refused("This is no code of a case: check its last letter.")
        if ids:
            made = actions.calibrate(number, reviewer_ids=ids, by=actor, now=now)
            back = reverse("reviews:list")
            return done(request, back, f"{code_in('case', made.case_id)}: both score it now.")
        review = actions.ask_review(number, by=actor, now=now)
        return done(request, page_of("review", review.pk), f"{data['code']}: chosen.")
    known = {
        "what": "", "form": form, "at": came_from(request, reverse("reviews:list")), "here": request.path,
        "deed": {"label": "Choose a case", "button": "Choose it",
                 "says": "The work of whoever answered last is looked at. Name two reviewers to calibrate: "
                 "neither sees the other's marks before both are done."},
    }  # fmt: skip
    return render(request, "quality/deed.html", known, status=422 if is_sent else 200)


class Lines(forms.Form):
    text = forms.CharField(
        label="What is looked at", strip=False, widget=forms.Textarea(attrs={"rows": 10}),
        help_text="A line each: a weight from 1 to 10, ! if it is critical, then words. Like: 3! Verified.",
    )  # fmt: skip


@dialog_view
@needs("reviews.plan:view")
def scorecard(request: HttpRequest) -> HttpResponse:
    """A new version of the scorecard of cases, or of escalations; what was scored keeps its own."""
    actor, is_sent = actor_of(request), request.method == "POST"
    of = "escalation" if request.GET.get("of") == "escalation" else "case"
    form = Lines(
        request.POST if is_sent else None,
        initial={"text": items_as_text(current_items(of))},
        auto_id="lines_%s",
    )
    if is_sent and form.is_valid():
        made = actions.set_scorecard(text=form.cleaned_data["text"], of=of, by=actor, now=timezone.now())
        return done(request, reverse("reviews:list"), f"Version {made.version} of the scorecard counts now.")
    label = "Scorecard of escalations" if of == "escalation" else "Scorecard"
    known = {
        "what": "", "form": form, "at": came_from(request, reverse("reviews:list")),
        "here": request.get_full_path(), "blocked": gate(actor, PLAN).reason,
        "deed": {"label": label, "button": "Let it count",
                 "says": "A critical item that fails makes the score 0. What was scored keeps its version."},
    }  # fmt: skip
    return render(request, "quality/deed.html", known, status=422 if is_sent else 200)


class PlanForm(forms.Form):
    share_percent = forms.IntegerField(
        label="Share of each agent's week, in percent", min_value=0, max_value=100
    )
    amounts = forms.CharField(
        label="All from these amounts on", required=False, max_length=200,
        help_text="One for each currency: 500.00 GHS, 20000.00 KES.",
    )  # fmt: skip
    categories = forms.MultipleChoiceField(
        label="All of these categories", required=False, widget=forms.CheckboxSelectMultiple
    )
    reopened = forms.BooleanField(label="All that were opened again", required=False)
    month_percent = forms.IntegerField(
        label="Share of each team's month of escalations, in percent", min_value=0, max_value=100,
        help_text="Of what was handed to risk or finance; drawn when the month is over.",
    )  # fmt: skip
    month_least = forms.IntegerField(
        label="At least so many of each team's month", min_value=0, max_value=MOST_OF_A_MONTH
    )

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        field: Any = self.fields["categories"]
        field.choices = list(leaves(current_tree()[1]).items())

    def clean_amounts(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for part in filter(None, (each.strip() for each in self.cleaned_data["amounts"].split(","))):
            figure, _, currency = part.rpartition(" ")
            try:
                minor = exact_minor(Decimal(figure.replace(" ", "")), currency)
            except (InvalidOperation, ValueError):
                minor = None
            if minor is None or minor <= 0 or len(currency) != 3 or not currency.isupper():
                raise forms.ValidationError(f"“{part}” is no amount: write it like 500.00 GHS.")
            found[currency] = minor
        return found


@dialog_view
@needs("reviews.plan:view")
def plan(request: HttpRequest) -> HttpResponse:
    """A new version of which cases are reviewed."""
    actor, is_sent = actor_of(request), request.method == "POST"
    _, now_counts = current_plan()
    initial = {
        "share_percent": now_counts.share_percent, "categories": list(now_counts.categories),
        "reopened": now_counts.reopened, "month_percent": now_counts.month_percent,
        "month_least": now_counts.month_least,
        "amounts": ", ".join(
            str(Money(minor, currency)).replace(",", "")
            for currency, minor in sorted((now_counts.amounts or {}).items())
        ),
    }  # fmt: skip
    form = PlanForm(request.POST if is_sent else None, initial=initial, auto_id="plan_%s")
    if is_sent and form.is_valid():
        made = actions.set_plan(Plan(**form.cleaned_data), by=actor, now=timezone.now())
        return done(request, reverse("reviews:list"), f"Version {made.version} of the plan counts now.")
    known = {
        "what": "", "form": form, "at": came_from(request, reverse("reviews:list")), "here": request.path,
        "blocked": gate(actor, PLAN).reason,
        "deed": {"label": "Which cases", "button": "Let it count",
                 "says": "Of resolved cases, every quarter of an hour. The share is drawn by a hash of the "
                 "number: nobody can know before."},
    }  # fmt: skip
    return render(request, "quality/deed.html", known, status=422 if is_sent else 200)
