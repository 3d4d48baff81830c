"""Reviews: what waits to be looked at, one opened with its case, its money, its marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from paydesk.domain.cases.queries import messages_of
from paydesk.domain.quality.escalated_queries import handed_on
from paydesk.domain.quality.review_queries import (
    calibration_of,
    count_to_do,
    current_items,
    items_in,
    money_outcome,
    review_for,
    reviews,
)
from paydesk.domain.quality.review_rules import FOLLOWED, LOOKS_AT, MARKS, REASONS, differences
from paydesk.domain.quality.states import COUNTED, REVIEW
from paydesk.foundation.audit.queries import history
from paydesk.foundation.people.queries import markets_of, names_of
from paydesk.kernel.actor import Actor
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.addresses import code_in, number_in, page_of
from paydesk.web.answers import open_in_tab
from paydesk.web.cases.shown import shown as shown_case
from paydesk.web.cases.story import story_of
from paydesk.web.contracts.forms import ANY
from paydesk.web.paging import PAGE_SIZE, Page, page_number
from paydesk.web.payments.postings import KIND_WORDS
from paydesk.web.quality.escalated import shown_escalated
from paydesk.web.quality.review_deeds import acts_for
from paydesk.web.tabbed import TabbedFilters

if TYPE_CHECKING:
    from paydesk.domain.quality.review_models import Review

SEE = "reviews.own:view"
TABS = {
    "open": ("To do", ("waiting", "appealed")),
    "done": ("Scored", COUNTED),
    "dropped": ("Dropped", ("dropped",)),
}
MARK_FAMILIES = {"yes": "settled", "partly": "held", "no": "failed", "none": "idle"}
FOLLOWED_FAMILIES = {"yes": "settled", "no": "failed", "none": "idle", "": "idle"}


class ReviewFilters(TabbedFilters):
    tabs, first_tab = TABS, "open"

    tab = forms.ChoiceField(
        required=False, choices=[(name, words) for name, (words, _) in TABS.items()], widget=forms.HiddenInput
    )
    q = forms.CharField(
        required=False, max_length=100, label="Agent or case",
        widget=forms.TextInput(attrs={"type": "search", "class": "form-control text"}),
    )  # fmt: skip
    market = forms.ChoiceField(required=False)
    about = forms.ChoiceField(required=False, label="What is looked at", choices=[ANY, *LOOKS_AT.items()])
    reason = forms.ChoiceField(required=False, label="Chosen by", choices=[ANY, *REASONS.items()])
    critical = forms.ChoiceField(
        required=False, label="Critical item", choices=[ANY, ("yes", "failed"), ("no", "none failed")]
    )

    def of(self, found: Any, actor: Actor) -> Any:
        wanted = self.wanted
        own = Q(agent_id=actor.id, state="scored")  # theirs to read
        found = found.filter(
            Q(state__in=self.states) | own if self.at_tab == "open" else Q(state__in=self.states)
        )
        for name in ("market", "reason"):
            if value := wanted.get(name):
                found = found.filter(**{name: value})
        if about := wanted.get("about"):
            found = found.filter(escalated_kind="") if about == "case" else found.exclude(escalated_kind="")
        if critical := wanted.get("critical"):
            found = found.filter(critical_failed=critical == "yes")
        if text := wanted.get("q"):
            number = number_in("case", text)
            found = found.filter(Q(case_id=number) if number is not None else Q(agent__name__icontains=text))
        return found.order_by("-scored_at" if self.at_tab == "done" else "sampled_at", "id")


@dataclass(frozen=True, slots=True)
class ShownReview:
    """One review as lists and its page show it."""

    review: Review

    @property
    def code(self) -> str:
        return code_in("review", self.review.pk)

    @property
    def case_code(self) -> str:
        return code_in("case", self.review.case_id)

    @property
    def escalated_code(self) -> str:
        """Of what was handed to risk or finance; "" where a case's work is looked at."""
        kind, number = self.review.escalated_kind, self.review.escalated_id
        return code_in(kind, number) if kind and number is not None else ""

    @property
    def escalated_url(self) -> str:
        return page_of(self.review.escalated_kind, self.review.escalated_id or 0)

    @property
    def reason(self) -> str:
        return REASONS[self.review.reason]

    @property
    def family(self) -> str:
        return "failed" if self.review.critical_failed else REVIEW.family(self.review.state)

    @property
    def word(self) -> str:
        if self.review.percent is None:
            return self.review.state
        return f"{self.review.percent} %"

    @property
    def followed(self) -> tuple[str, str]:
        return FOLLOWED_FAMILIES[self.review.followed], FOLLOWED.get(self.review.followed, "")


def review_or_404(actor: Actor, public_code: str) -> Review:
    number = number_in("review", public_code)
    if number is None or number >= 2**63:
        raise Http404("There is no review with this code.")
    try:
        return review_for(actor, number)
    except ObjectDoesNotExist:
        raise Http404("There is no such review for you.") from None


@require_safe
@needs(SEE)
@vary_on_headers("HX-Request", "HX-Target")
def review_list(request: HttpRequest) -> HttpResponse:
    """Reviews of one tab; what waits longest first. Whoever does not score sees those of their own work."""
    actor, target = actor_of(request), request.htmx.target  # type: ignore[attr-defined]
    filters = ReviewFilters(request, list(markets_of(actor)))
    known: dict[str, Any] = {"tab": filters.at_tab, "filters": filters, "query": filters.address}
    if target != "reviews-list":
        known |= opened(request)
    if target == "detail":
        return render(request, "quality/_review.html", known)
    number = page_number(request)
    start = (number - 1) * PAGE_SIZE
    found = list(filters.of(reviews(actor), actor)[start : start + PAGE_SIZE + 1])
    known |= {
        "page": Page.of(((ShownReview(each), _address(request, each)) for each in found), number),
        "tabs": [(name, words) for name, (words, _) in TABS.items()],
        "to_do": count_to_do(actor),
        "score": gate(actor, "reviews.score"),
        "plan": gate(actor, "reviews.plan"),
        "sees_plan": actor.may("reviews.plan:view"),
    }
    return render(request, f"quality/{'_reviews' if target == 'reviews-list' else 'reviews'}.html", known)


def _address(request: HttpRequest, review: Review) -> str:
    query = request.GET.copy()
    query["open"] = code_in("review", review.pk)
    return f"{request.path}?{query.urlencode()}"


def opened(request: HttpRequest) -> dict[str, Any]:
    """The review that is open beside the list; nothing where none is."""
    code = request.GET.get("open", "")
    if not code:
        return {"open_code": ""}
    actor, now = actor_of(request), timezone.now()
    review = review_or_404(actor, code)
    each, case = ShownReview(review), review.case
    money = money_outcome(case, now)
    messages = messages_of(case)
    items = items_in(review.scorecard) if review.scorecard else current_items(review.looks_at)
    people = {review.reviewer_id, review.settled_by_id} - {None}
    names = names_of({number for number in people if number is not None})
    acts = acts_for(review, actor)
    return {
        "open_code": each.code,
        "each": each,
        "review": review,
        "case": case,
        "shown_case": shown_case(case),
        "is_own": review.agent_id == actor.id,
        "reviewer": names.get(review.reviewer_id or 0, ""),
        "settler": names.get(review.settled_by_id or 0, ""),
        "marks": [
            (item, MARK_FAMILIES.get(review.marks.get(item.code, ""), "idle"),
             MARKS.get(review.marks.get(item.code, ""), ""))
            for item in items
        ],
        "items": items,
        "said_marks": list(MARKS.items()),
        "followed_choices": list(FOLLOWED.items()),
        "money": money,
        "escalated": shown_escalated(handed_on(review, money)),
        "sums": [
            (words, amounts)
            for words, amounts in (
                ("Agreed to give back", money.agreed), ("Refunded", money.refunded), ("Moved", money.moved),
                ("Goodwill", money.goodwill), ("Lost", money.lost),
            )
            if amounts
        ],
        "entries": [(entry, KIND_WORDS.get(entry.kind, entry.kind)) for entry in money.entries],
        "cited": sorted({
            value for message in messages for name, value in message.facts.items()
            if name.startswith("article.")
        }),
        "story": story_of(case, messages, list(history("case", case.pk))),
        "acts": [act for act in acts if act.name not in ("score", "settle")],
        "form_act": next((act for act in acts if act.name in ("score", "settle") and not act.blocked), None),
        "blocked_act": next((act for act in acts if act.name in ("score", "settle") and act.blocked), None),
        "difference": difference_of(actor, review),
    }  # fmt: skip


def difference_of(actor: Actor, review: Review) -> dict[str, Any] | None:
    """Both halves of a calibration beside each other, once both are scored."""
    if review.calibration_id is None:
        return None
    found = calibration_of(actor, review.calibration_id)
    if found is None:
        return None
    one, other = found[1]
    if one.scorecard is None or other.scorecard is None or one.scorecard_id != other.scorecard_id:
        return None
    names = names_of({each.reviewer_id for each in (one, other) if each.reviewer_id is not None})
    rows = differences(items_in(one.scorecard), one.marks, other.marks)
    return {
        "names": [names.get(each.reviewer_id or 0, "") for each in (one, other)],
        "scores": [one.percent, other.percent],
        "apart": abs((one.percent or 0) - (other.percent or 0)),
        "rows": [
            (row.item, (MARK_FAMILIES[row.one], MARKS[row.one]), (MARK_FAMILIES[row.other], MARKS[row.other]),
             row.apart)
            for row in rows
        ],
    }  # fmt: skip


@require_safe
@needs(SEE)
def page(request: HttpRequest, public_code: str) -> HttpResponse:
    """A review by its code alone: the list with it open."""
    review = review_or_404(actor_of(request), public_code)
    tab = next(name for name, (_, states) in TABS.items() if review.state in states)
    return open_in_tab("reviews:list", tab, code_in("review", review.pk))


def reviewers(actor: Actor) -> Sequence[tuple[int, str]]:
    """(id, name) of the people who score reviews in a market of the actor's; a few queries."""
    from paydesk.foundation.people.queries import people_found

    found = []
    for role in ("QA", "TL"):
        for person in people_found(role=role, state="active"):
            other = person.actor()
            shared = actor.markets is None or other.markets is None or actor.markets & other.markets
            if other.may("reviews.score") and shared and (person.pk, person.name) not in found:
                found.append((person.pk, person.name))
    return sorted(found, key=lambda pair: pair[1])
