"""The approvals that wait, grouped by what is decided together, and one of them with its evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.http import urlencode

from paydesk.foundation.approvals import queries
from paydesk.foundation.approvals.states import APPROVAL
from paydesk.foundation.assignments.queries import of_whom
from paydesk.foundation.people.queries import markets_of
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.web.access import who_can
from paydesk.web.addresses import PAGES, code_in, page_of
from paydesk.web.approvals.kinds import KINDS, thing_of
from paydesk.web.approvals.words import WORDS, KindWords, words_of
from paydesk.web.contracts.forms import ANY, AddressFilters
from paydesk.web.people_names import names_by_label
from paydesk.web.queues.whose import WHOSE
from paydesk.web.queues.work import RowWork, rows_work

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from paydesk.foundation.approvals.models import Approval
    from paydesk.foundation.people.models import Market

MOST_SHOWN = 200  # who has more to decide filters, or decides these first
MOST_TOGETHER = 100
MOST_COUNTED = 5_000
FLAG_FAMILIES = {"green": ("settled", "by policy"), "amber": ("held", "look at it")}


# How long something waits, by the word in the address: what is written on it, from and before how many days.
AGES = {
    "today": ("today", 0, 1),
    "day": ("1 day", 1, 2),
    "days": ("2–3 days", 2, 4),
    "long": ("4 days and more", 4, 10_000),
}
NOT_COLUMNS = ("who", "whose", "age")


class InboxFilters(AddressFilters):
    """Where, what, and whether it waits for oneself."""

    market = forms.ChoiceField(required=False)
    kind = forms.ChoiceField(
        required=False, label="What", choices=[ANY, *((k, w.one) for k, w in WORDS.items())]
    )
    flag = forms.ChoiceField(
        required=False, label="By policy", choices=[ANY, ("green", "green"), ("amber", "amber: look at it")]
    )
    who = forms.ChoiceField(required=False, label="Who decides", choices=[ANY, ("me", "I can decide")])
    whose = forms.ChoiceField(required=False, choices=[("", "any"), *WHOSE.items()])
    age = forms.ChoiceField(
        required=False, choices=[ANY, *((name, words) for name, (words, *_) in AGES.items())]
    )

    def __init__(self, request: HttpRequest, markets: Sequence[Market]) -> None:
        super().__init__(request)
        choices: Any = self.fields["market"]
        choices.choices = [ANY, *((market.pk, market.name) for market in markets)]


@dataclass(frozen=True, slots=True)
class Row:
    """One approval in a list. `mine`: this person may decide it."""

    approval: Approval
    code: str
    words: KindWords
    amount: Money | None
    thing: str
    thing_url: str
    by: str
    decided_by: str
    decided_for: str
    mine: bool = False
    own: bool = False
    work: RowWork = RowWork()

    @property
    def flag(self) -> tuple[str, str]:
        return FLAG_FAMILIES[self.approval.flag]

    @property
    def family(self) -> str:
        return APPROVAL.family(self.approval.state)

    @property
    def page(self) -> str:
        return page_of("approval", self.approval.pk)


@dataclass(frozen=True, slots=True)
class Batch:
    """Approvals that are decided together; sums are per currency."""

    title: str
    market: str
    rows: Sequence[Row]

    @property
    def sums(self) -> list[Money]:
        return sums_of(self.rows)

    @property
    def greens(self) -> list[Row]:
        """Those this person may approve together."""
        return [row for row in self.rows if row.mine and row.approval.flag == "green"][:MOST_TOGETHER]

    @property
    def greens_query(self) -> str:
        return urlencode([("id", row.code) for row in self.greens])


def sums_of(rows: Iterable[Row]) -> list[Money]:
    """The amounts of `rows`, each currency for itself."""
    totals: dict[str, Money] = {}
    for row in rows:
        if row.amount is not None:
            zero = Money(0, row.amount.currency)
            totals[row.amount.currency] = totals.get(row.amount.currency, zero) + row.amount
    return [totals[currency] for currency in sorted(totals)]


def rows_of(
    approvals: Sequence[Approval],
    actor: Actor,
    mine: Iterable[int] = (),
    works: Mapping[int, RowWork] | None = None,
) -> list[Row]:
    """`approvals` in words, in their order; one query."""
    labels = {label for each in approvals for label in (each.asked_by, each.decided_by) if label}
    labels |= {f"person:{each.decided_for_id}" for each in approvals if each.decided_for_id}
    names, decides = names_by_label(labels), set(mine)
    rows = []
    for each in approvals:
        kind, number = thing_of(each)
        rows.append(
            Row(
                approval=each,
                code=code_in("approval", each.pk),
                words=words_of(each.kind),
                amount=Money(each.amount_minor, each.currency) if each.amount_minor is not None else None,
                thing=code_in(kind, number) if kind in PAGES else f"{kind.replace('_', ' ')} {number}",
                thing_url=page_of(kind, number),
                by=names[each.asked_by],
                decided_by=names.get(each.decided_by, ""),
                decided_for=names.get(f"person:{each.decided_for_id}", ""),
                mine=each.pk in decides,
                own=each.asked_by_id is not None and each.asked_by_id == actor.id,
                work=(works or {}).get(each.pk, RowWork()),
            )
        )
    return rows


def lookups(filters: InboxFilters) -> dict[str, Any]:
    """The filters that are columns of an approval."""
    return {name: value for name, value in filters.wanted.items() if name not in NOT_COLUMNS}


def found_by(actor: Actor, now: datetime, filters: InboxFilters) -> QuerySet[Approval]:
    """What waits by the filters but its age, oldest first."""
    base = queries.to_decide if filters.wanted.get("who") == "me" else queries.pending
    found = base(actor, now).filter(**lookups(filters))
    if whose := filters.wanted.get("whose"):
        found = of_whom(found, "approval", whose, actor, timezone.localdate(), since="asked_at__date")
    return found


def in_inbox(actor: Actor, now: datetime, filters: InboxFilters) -> QuerySet[Approval]:
    """What waits by all the filters, oldest first; an age in whole days."""
    found, age = found_by(actor, now, filters), filters.wanted.get("age")
    if not age:
        return found
    _, first, end = AGES[age]
    return found.filter(asked_at__lte=now - timedelta(days=first), asked_at__gt=now - timedelta(days=end))


@dataclass(frozen=True, slots=True)
class Age:
    """How many have waited so long; the address that shows only them, or all again."""

    words: str
    count: int
    query: str
    here: bool


def ages(found: QuerySet[Approval], now: datetime, filters: InboxFilters) -> list[Age]:
    """What waits by age, ages without any left out; one query."""
    days = [(now - at).days for at in found.order_by().values_list("asked_at", flat=True)[:MOST_COUNTED]]
    rest = {name: value for name, value in filters.wanted.items() if name != "age"}
    made = []
    for name, (words, first, end) in AGES.items():
        here, count = filters.wanted.get("age") == name, sum(first <= each < end for each in days)
        if count or here:
            made.append(Age(words, count, urlencode(rest if here else rest | {"age": name}), here))
    return made


def waiting(actor: Actor, now: datetime, filters: InboxFilters) -> tuple[list[Row], bool, list[Age]]:
    """What waits by the filters, oldest first, whether there is more, and all by age; constant queries."""
    every_age = found_by(actor, now, filters)
    found = list(in_inbox(actor, now, filters)[: MOST_SHOWN + 1])
    shown = found[:MOST_SHOWN]
    ids = [each.pk for each in shown]
    mine = (
        set(queries.to_decide(actor, now).filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()
    )
    works = rows_work("approval", [(each.pk, each.asked_at.date()) for each in shown], timezone.localdate())
    return rows_of(shown, actor, mine, works), len(found) > MOST_SHOWN, ages(every_age, now, filters)


def batches(rows: Sequence[Row], actor: Actor) -> list[Batch]:
    """Rows grouped by batch; those with something for this person first, then the oldest first."""
    groups: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row.approval.batch, row.approval.kind, row.approval.market), []).append(row)
    made = [Batch(title_of(batch, found[0]), market, found) for (batch, _, market), found in groups.items()]
    return sorted(made, key=lambda batch: not any(row.mine for row in batch.rows))


def title_of(batch: str, row: Row) -> str:
    """The heading of a batch: its own name, or what its approvals ask for."""
    named = not batch.startswith(row.approval.kind)
    return batch if named else row.words.many


def in_order(groups: Sequence[Batch]) -> list[Row]:
    return [row for batch in groups for row in batch.rows]


def evidence_of(request: HttpRequest, approval: Approval) -> dict[str, Any]:
    """What stands beside an approval: template and what it shows."""
    kind = KINDS.get(approval.kind)
    if kind is None:
        return {"evidence_template": "", "problem": "No screen shows what this is about yet."}
    return {"evidence_template": kind.template} | kind.evidence(request, approval)


def blocked_for(approval: Approval, actor: Actor, now: datetime) -> str:
    """Why this person may not decide, and who can; "" when they may."""
    if approval.kind not in KINDS:
        return "This kind of approval cannot be decided on a screen yet."
    if approval.expires_at <= now:
        return "Nobody decided on this in time. It can be asked for again."
    reason = queries.why_not(approval, actor, now)
    return f"{reason} {who_can(approval.right)}" if reason else ""


def filters_of(request: HttpRequest, actor: Actor) -> InboxFilters:
    return InboxFilters(request, list(markets_of(actor)))
