"""Reads of triage: the model that is asked, what it is learnt from, what it says, what goes to risk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, F, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform, KeyTransform

from paydesk.categorising.labelled import Labelled
from paydesk.domain.cases.categories import as_json, leaves
from paydesk.domain.cases.models import Case, CategoryTree, Message
from paydesk.domain.cases.queries import current_tree
from paydesk.domain.cases.said_in import said_in
from paydesk.domain.cases.states import OPEN
from paydesk.domain.triage.models import CategoryModel, Escalation, Suggestion
from paydesk.domain.triage.rules import ESCALATES, SEVERAL_WITHIN, text_of
from paydesk.foundation.attached.queries import has_any
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor

MOST_LEARNT = 20_000  # the newest; more add seconds and nothing to the figures
ERASED = "Erased"  # the subject of a case that was forgotten
SUGGESTED_MOST = 3
MODELS_SHOWN = 14
# What a customer wrote, and what was noted of a call.
THEIRS = Q(is_public=True) & (Q(direction="in") | Q(direction="out", channel="phone"))


def current_model() -> CategoryModel | None:
    """The newest model that is ready; one query."""
    return CategoryModel.objects.filter(state="ready").order_by("-learnt_at", "-pk").first()


def newest_models() -> list[CategoryModel]:
    """The newest models, also what failed or is under way; one query."""
    return list(CategoryModel.objects.order_by("-asked_at", "-pk")[:MODELS_SHOWN])


def labelled_cases() -> list[Labelled]:
    """Resolved cases with the category they had in the end, the newest MOST_LEARNT; three queries.

    What has a category that is retired, or was forgotten, teaches nothing. The key is the case's number.
    """
    known = leaves(current_tree()[1])
    found = Case.objects.filter(state__in=("resolved", "closed"), category__in=known).exclude(subject=ERASED)
    found = found.order_by("-resolved_at")
    rows = list(found.values_list("pk", "subject", "category")[:MOST_LEARNT])
    said = _said([pk for pk, _, _ in rows])
    return [
        Labelled(text_of(subject, said.get(pk, ())), category, key=str(pk)) for pk, subject, category in rows
    ]


def text_of_case(case: Case) -> str:
    """What a case is judged by: what its customer wrote, also what was split off into it; two queries."""
    said = Message.objects.filter(THEIRS, said_in(case.pk)).order_by("at", "pk")
    return text_of(case.subject, list(said.values_list("text", flat=True)))


def _said(case_ids: Collection[int]) -> dict[int, list[str]]:
    said: dict[int, list[str]] = defaultdict(list)
    words = Message.objects.filter(THEIRS, case_id__in=case_ids)
    for case_id, text in words.order_by("at", "pk").values_list("case_id", "text").iterator():
        said[case_id].append(text)
    return said


def last_resolved_at() -> datetime | None:
    return (
        Case.objects.filter(resolved_at__isnull=False).order_by("-resolved_at")
        .values_list("resolved_at", flat=True).first()
    )  # fmt: skip


def cases_without_suggestion(model_id: int, most: int) -> list[int]:
    """Open cases that nobody has sorted and that this model has not been asked about, newest first."""
    asked = Suggestion.objects.filter(model_id=model_id).values("case_id")
    found = Case.objects.filter(state__in=OPEN, category="").exclude(pk__in=asked)
    return list(found.order_by("-pk").values_list("pk", flat=True)[:most])


@dataclass(frozen=True, slots=True)
class Similar:
    """A resolved case that is like one, as far as the person may see it; likeness in thousandths."""

    case: Case
    likeness: int


@dataclass(frozen=True, slots=True)
class Suggested:
    """One category with how sure the model is (thousandths), the words that speak for it, and like cases."""

    category: str
    words_of_category: str
    confidence: int
    words: tuple[str, ...]
    similar: tuple[Similar, ...]


def suggestion_of(case_id: int) -> Suggestion | None:
    """What is said of a case; one query."""
    if not has_any(("case", case_id), Suggestion):
        return None
    return Suggestion.objects.select_related("model").filter(case_id=case_id).first()


def suggested_for(actor: Actor, found: Suggestion) -> list[Suggested]:
    """The suggestions with the cases behind them that the actor may see; two queries."""
    words = leaves(current_tree()[1])
    ids = {number for each in found.top for number, _ in each["similar"]}
    seen = {case.pk: case for case in in_markets(Case.objects.filter(pk__in=ids), actor)}
    return [
        Suggested(
            each["category"], words[each["category"]], each["confidence"], tuple(each["words"]),
            tuple(Similar(seen[number], like) for number, like in each["similar"] if number in seen),
        )
        for each in found.top
        if each["category"] in words
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kept:
    """How suggestions held since a day: cases resolved, how many had one, its first was the final category,
    one of three was; and how many the desk filled in, and were left so."""

    resolved: int
    suggested: int
    first_right: int
    one_of_three: int
    filled: int
    filled_right: int


def kept_since(actor: Actor, since: datetime) -> Kept:
    """What became of suggestions, by the category cases were resolved with; one query."""
    found = in_markets(Case.objects.filter(resolved_at__gte=since, state__in=("resolved", "closed")), actor)
    found = found.order_by().annotate(
        first=KeyTextTransform("category", KeyTransform(0, "suggestion__top")),
        second=KeyTextTransform("category", KeyTransform(1, "suggestion__top")),
        third=KeyTextTransform("category", KeyTransform(2, "suggestion__top")),
    )
    rows = found.aggregate(
        resolved=Count("pk"),
        suggested=Count("pk", filter=Q(suggestion__isnull=False)),
        first_right=Count("pk", filter=Q(first=F("category"))),
        later_right=Count("pk", filter=Q(second=F("category")) | Q(third=F("category"))),
        filled=Count("pk", filter=Q(suggestion__filled_at__isnull=False)),
        filled_right=Count(
            "pk", filter=Q(suggestion__filled_at__isnull=False, suggestion__fill=F("category"))
        ),
    )
    return Kept(
        rows["resolved"], rows["suggested"], rows["first_right"],
        rows["first_right"] + rows["later_right"], rows["filled"], rows["filled_right"],
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Judged:
    """An open case as the rule of what goes to risk at once looks at it."""

    case_id: int
    market: str
    harms: list[str]
    category: str
    root_cause: str
    value_moved: bool
    on_same_merchant: int


def cases_to_judge(now: datetime) -> Iterator[Judged]:
    """Open cases that could go to risk at once and are not flagged for every reason yet; one query.

    Money moved where a payment, refund, payout or withdrawal hangs on the case. A merchant is known by the
    party of the case (merchant or seller), by a link to one, or by a link to an order, a withdrawal or a
    payment method of theirs.
    """
    with connection.cursor() as cursor:
        cursor.execute(TO_JUDGE, {"since": now - SEVERAL_WITHIN, "open": list(OPEN)})
        for row in cursor.fetchall():
            yield Judged(*row)


TO_JUDGE = """
WITH merchant AS (
    SELECT l.case_id, l.kind || ':' || l.object_id AS whose
      FROM cases_caselink l JOIN cases_case c ON c.id = l.case_id
     WHERE l.kind IN ('merchant', 'seller', 'agent') AND l.state <> 'rejected' AND c.opened_at >= %(since)s
    UNION
    SELECT l.case_id, 'seller:' || p.party_id
      FROM cases_caselink l JOIN cases_case c ON c.id = l.case_id
      CROSS JOIN LATERAL (
          SELECT party_id FROM marketplace_sellerorder WHERE l.kind = 'order' AND id = l.object_id
          UNION ALL
          SELECT party_id FROM marketplace_withdrawal WHERE l.kind = 'withdrawal' AND id = l.object_id
          UNION ALL
          SELECT party_id FROM marketplace_linkattempt WHERE l.kind = 'link_attempt' AND id = l.object_id
      ) p
     WHERE l.kind IN ('order', 'withdrawal', 'link_attempt') AND l.state <> 'rejected'
       AND c.opened_at >= %(since)s
    UNION
    SELECT id, 'customer:' || customer_id FROM cases_case
     WHERE party_role IN ('merchant', 'seller') AND customer_id IS NOT NULL AND opened_at >= %(since)s
), crowded AS (
    SELECT m.case_id, max(n.cases) AS cases
      FROM merchant m
      JOIN (SELECT whose, count(DISTINCT case_id) AS cases FROM merchant GROUP BY whose) n USING (whose)
     GROUP BY m.case_id
)
SELECT c.id, c.market, ARRAY(SELECT jsonb_array_elements_text(c.harms)), c.category, c.root_cause,
       EXISTS (SELECT 1 FROM cases_caselink l WHERE l.case_id = c.id AND l.state <> 'rejected'
                  AND l.kind IN ('payment', 'refund', 'payout', 'withdrawal')),
       coalesce(w.cases, 0)::int
  FROM cases_case c LEFT JOIN crowded w ON w.case_id = c.id
 WHERE c.state = ANY(%(open)s)
   AND (c.harms <> '[]'::jsonb OR c.root_cause = 'unauthorised' OR c.category = 'fraud.unauthorised'
        OR w.cases > 1)
"""


def escalations_of(case_id: int) -> list[Escalation]:
    """Why a case goes to risk at once, what nobody has seen first; one query."""
    if not has_any(("case", case_id), Escalation):
        return []
    return list(Escalation.objects.filter(case_id=case_id).order_by(F("seen_at").asc(nulls_first=True), "pk"))


def to_act_on(found: Iterable[Escalation]) -> list[Escalation]:
    """Those that nobody has taken up, the most pressing first."""
    pressing = list(ESCALATES)
    return sorted((each for each in found if not each.seen_at), key=lambda each: pressing.index(each.reason))


def unseen_escalations(actor: Actor) -> QuerySet[Escalation]:
    """What goes to risk and nobody has acknowledged, oldest first."""
    found = Escalation.objects.select_related("case").filter(seen_at=None)
    return in_markets(found, actor, field="case__market").order_by("raised_at", "pk")


def suggestions_in_days(actor: Actor, now: datetime, days: int = 28) -> Kept:
    """`kept_since` the last `days`."""
    return kept_since(actor, now - timedelta(days=days))


def figures_in_thousandths(measured: Any) -> dict[str, int | None]:
    """The figures of a model as whole thousandths; counts stay as they are."""
    counted = ("cases", "categories")
    return {
        name: value if value is None or name in counted else round(value * 1000)
        for name, value in measured.items()
    }


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the category tree; 0 is the delivered one, made by nobody here."""

    version: int
    tree: dict[str, Any]
    made_by: str = ""
    made_at: datetime | None = None


def versions() -> list[Version]:
    """Every version of the tree, the newest first, the delivered one last; one query."""
    made = CategoryTree.objects.order_by("-version")
    found = [Version(each.version, each.tree, each.made_by, each.made_at) for each in made]
    return [*found, Version(0, as_json())]


def open_by_category(actor: Actor) -> dict[str, int]:
    """How many open cases have each category; one query."""
    found = (
        in_markets(Case.objects.filter(state__in=OPEN).exclude(category=""), actor)
        .order_by()
        .values("category")
    )
    return dict(found.annotate(cases=Count("pk")).values_list("category", "cases"))
