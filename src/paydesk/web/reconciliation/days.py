"""How every account and day stands, and one day: its proof of cash, what was matched, what is left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from paydesk.domain.reconciliation import actions, queries, rules
from paydesk.domain.reconciliation.states import RUN as RUN_STATES
from paydesk.domain.reconciliation.states import UNDER_WAY
from paydesk.foundation.approvals.queries import pending_about
from paydesk.foundation.people.queries import markets_of
from paydesk.kernel.money import Money
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.addresses import page_of
from paydesk.web.answers import done, unchanged
from paydesk.web.contracts.forms import ANY, AddressFilters, day_input
from paydesk.web.people_names import names_by_label
from paydesk.web.reconciliation.settlements import settlements_of_day
from paydesk.web.reconciliation.shown import DAY_WORDS, RUN, SEE, account_and_day, day_url, shown

if TYPE_CHECKING:
    from paydesk.domain.providers.models import SourceAccount
    from paydesk.domain.reconciliation.models import Run

DAYS_SHOWN = 14
MOST_SHOWN = 25
STATUS_WORDS = {"confirmed": "", "suggested": "suggested: ", "apart": "taken apart by people: "}
MATCH_WORDS = {
    "1:1": "one to one", "1:n": "one to several", "n:1": "several to one", "n:m": "several to several",
    "reversal": "a row and its reversal",
}  # fmt: skip


class OverviewFilters(AddressFilters):
    market = forms.ChoiceField(required=False)
    until = forms.DateField(required=False, label="Through", widget=day_input())

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        field: Any = self.fields["market"]
        field.choices = [ANY, *((each.pk, each.name) for each in markets_of(actor_of(request)))]


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of one account in the overview."""

    cell: queries.DayCell
    url: str
    family: str
    words: str
    amount: Money

    @property
    def told(self) -> str:
        """What a screen reader and the pointer hear."""
        cell = self.cell
        found = f"{cell.day:%-d %b}: {self.words}"
        if cell.rows:
            found += f", {cell.rows:,} rows"
        waits = cell.open_count + cell.pending_count
        return f"{found}, {waits:,} exception{'s' if waits != 1 else ''}" if waits else found


@dataclass(frozen=True, slots=True)
class AccountRow:
    """The days of one account."""

    account: SourceAccount
    cells: list[Cell]


@require_safe
@needs(SEE)
def overview(request: HttpRequest) -> HttpResponse:
    """Every account by the last days, and what is open by class; constant queries."""
    actor, now = actor_of(request), timezone.now()
    filters = OverviewFilters(request)
    last = filters.wanted.get("until") or timezone.localdate()
    first = last - timedelta(days=DAYS_SHOWN - 1)
    accounts = list(queries.accounts_to_prove(actor))
    if market := filters.wanted.get("market"):
        accounts = [each for each in accounts if each.market == market]
    cells = queries.heat(actor, accounts, first=first, last=last)
    by_account: dict[int, list[Cell]] = {}
    currencies = {each.pk: each.currency for each in accounts}
    for cell in cells:
        family, words = DAY_WORDS[cell.state]
        by_account.setdefault(cell.account_id, []).append(
            Cell(
                cell, day_url(cell.account_id, cell.day), family, words,
                Money(cell.open_minor, currencies[cell.account_id]),
            )
        )  # fmt: skip
    classes = queries.open_by_class(actor)
    known = {
        "filters": filters,
        "days": [first + timedelta(days=n) for n in range(DAYS_SHOWN)],
        "rows": [AccountRow(each, by_account.get(each.pk, [])) for each in accounts],
        "earlier": f"?until={(first - timedelta(days=1)).isoformat()}",
        "later": f"?until={(last + timedelta(days=DAYS_SHOWN)).isoformat()}" if last < now.date() else "",
        "classes": [
            (rules.CLASSES[kind], count, [Money(a, c) for c, a in sorted(sums.items())], oldest, kind)
            for kind, (count, sums, oldest) in classes.items()
        ],
        "today": timezone.localdate(),
        "to_run": sum(cell.state == "due" and cell.day < timezone.localdate() for cell in cells),
        "may_run": gate(actor, RUN),
    }
    return render(request, "reconciliation/overview.html", known)


@require_POST
@needs(RUN)
def run_all(request: HttpRequest) -> HttpResponse:
    """Have every day run that is over and was not run yet."""
    actor, now = actor_of(request), timezone.now()
    asked = 0
    seen = {each.pk for each in queries.accounts_to_prove(actor)}
    for account_id, day in queries.days_to_run(now, since_days=DAYS_SHOWN):
        if account_id in seen:
            actions.ask_run(account_id, day, by=actor, now=now)
            asked += 1
    told = f"{asked} day{'s' if asked != 1 else ''} to run." if asked else "Every day that is over was run."
    return done(request, reverse("reconciliation:overview"), told)


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of a run's result, with the address of the rows behind it."""

    words: str
    rule: str
    groups: int
    ours: Money
    theirs: Money
    carried: int
    url: str


@require_safe
@needs(SEE)
@vary_on_headers("HX-Request")
def page(request: HttpRequest, account_id: int, day: str) -> HttpResponse:
    """One day of one account; a live part while a run is under way."""
    actor, now = actor_of(request), timezone.now()
    account, on = account_and_day(actor, account_id, day)
    runs = list(queries.runs_of(account, on)[:10])
    under_way = next((each for each in runs if each.state in UNDER_WAY), None)
    version = f"{runs[0].pk}-{runs[0].state}-{runs[0].progress}" if runs else "0"
    if request.GET.get("v") and (same := unchanged(request, version)) is not None:
        return same
    record = queries.day_of(account, on)
    newest = record.run if record else None
    dry = runs[0] if runs and runs[0].is_dry and runs[0].state == "done" else None
    told = dry or newest
    left = list(queries.unsolved(actor, source_account=account, day=on)[: MOST_SHOWN + 1])
    solved = queries.exceptions(actor, source_account=account, day=on, state="resolved")
    proposals = list(queries.suggestions(actor, source_account=account, day=on)[: MOST_SHOWN + 1])
    waiting = list(pending_about("reconciled_day", [record.pk]).values()) if record else []
    check = queries.check_of_day(account, on, now)
    labels = {each.asked_by for each in runs} | {a.asked_by for a in waiting}
    if record:
        labels |= {label for label in (record.asked_by, record.signed_by) if label}
    known = {
        "account": account,
        "day": on,
        "before": day_url(account.pk, on - timedelta(days=1)),
        "after": day_url(account.pk, on + timedelta(days=1)) if on < now.date() else "",
        "record": record,
        "state": DAY_WORDS[_state(actor, account, on)],
        "run": told,
        "dry": dry,
        "runs": runs,
        "under_way": under_way,
        "version": version,
        "figures": figures(told, account.currency) if told else [],
        "proof": proof_lines(account, on),
        "money": money_of(account, on),
        "settlements": settlements_of_day(request, account, on),
        "left": [shown(each) for each in left[:MOST_SHOWN]],
        "more_left": len(left) > MOST_SHOWN,
        "solved": solved.count(),
        "proposals": [Proposal.of(each) for each in proposals[:MOST_SHOWN]],
        "by_people": [Proposal.of(each) for each in queries.matches_by_people(account, on)[:MOST_SHOWN]],
        "check": check,
        "waiting": [(a, page_of("approval", a.pk)) for a in waiting],
        "names": names_by_label(labels),
        "may_run": gate(actor, RUN),
        "may_sign": gate(actor, "ledger.close_day"),
        "may_reopen": gate(actor, "ledger.reopen_period"),
        "may_confirm": gate(actor, "matching.confirm"),
        "families": RUN_STATES.families,
    }
    template = "_live.html" if request.GET.get("v") else "day.html"
    return render(request, f"reconciliation/{template}", known)


SHARE_WORDS = {
    "applied": ("settled", "applied to contracts"),
    "credit": ("moving", "credit of customers"),
    "unapplied": ("held", "unapplied"),
    "suspense": ("failed", "suspense"),
    "reserved": ("held", "reserved for refunds"),
    "refunded": ("returned", "refunded"),
    "taken_back": ("returned", "taken back"),
    "shortfall": ("failed", "passed on before it was taken back"),
}


def money_of(account: SourceAccount, on: date) -> dict[str, Any]:
    """Where the money received on the day is by now, for the chart and the table beside it."""
    shares = queries.where_money_is(account, on)
    total = sum((share.amount for share in shares), Money(0, account.currency))
    return {
        "total": total,
        "from": (f"received {total}", total.amount_minor),
        "parts": [
            (
                f"{SHARE_WORDS[share.name][1]} {share.amount}",
                SHARE_WORDS[share.name][0],
                share.amount.amount_minor,
            )
            for share in shares
        ],
        "shares": [(SHARE_WORDS[share.name][1], share) for share in shares],
    }


def _state(actor: Any, account: SourceAccount, on: date) -> str:
    return queries.heat(actor, [account], first=on, last=on)[0].state


@dataclass(frozen=True, slots=True)
class Member:
    """One row of a match: what it moved, what it is called, where it stands."""

    amount: Money
    named: str
    place: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A suggested or human match with its rows."""

    match: Any
    left: list[Member]
    right: list[Member]

    @classmethod
    def of(cls, match: Any) -> Proposal:
        sides: dict[str, list[Member]] = {"left": [], "right": []}
        for each in match.members.all():
            facts = each.facts
            named = facts.get("provider_ref") or facts.get("reference") or "–"
            place = facts.get("day", "") if each.side == "left" else facts.get("place", "")
            sides[each.side].append(Member(Money(each.amount_minor, match.currency), named, place))
        return cls(match, sides["left"], sides["right"])

    @property
    def ours(self) -> Money:
        return sum((each.amount for each in self.left), Money(0, self.match.currency))

    @property
    def theirs(self) -> Money:
        return sum((each.amount for each in self.right), Money(0, self.match.currency))


@dataclass(frozen=True, slots=True)
class ProofLine:
    """A line of the proof of cash."""

    words: str
    amount: Money | None
    rows: int | None = None
    is_total: bool = False


def proof_lines(account: SourceAccount, on: date) -> dict[str, Any]:
    """Opening + movements = closing, against what is shown."""
    told = queries.proof_to_keep(account, on)
    currency = told["currency"]

    def of(amount: int | None) -> Money | None:
        return None if amount is None else Money(amount, currency)

    lines = [ProofLine("Opening, by our books", of(told["opening_minor"]), is_total=True)]
    moved = 0
    for kind, each in told["by_kind"].items():
        lines.append(ProofLine(kind.replace("_", " "), of(each["amount_minor"]), each["rows"]))
        moved += each["amount_minor"]
        if each["fee_minor"]:
            lines.append(ProofLine(f"kept back of {kind.replace('_', ' ')}s", of(-each["fee_minor"])))
            moved -= each["fee_minor"]
    if other := told["moved_minor"] - moved:
        lines.append(ProofLine("other entries: refunds, corrections, adjustments", of(other)))
    lines.append(ProofLine("Closing, by our books", of(told["closing_minor"]), is_total=True))
    return {
        "lines": lines,
        "shown": of(told["shown_minor"]),
        "shown_by": told["shown_by"],
        "drift": of(told["drift_minor"]),
        "drifted": of(told["drifted_minor"]),
    }


def figures(run: Run, currency: str) -> list[Figure]:
    """What a run matched, by kind and rule; each opens its rows."""
    found = []
    for each in run.summary.get("counts", []):
        if each["found"] != "match":
            continue
        words = MATCH_WORDS.get(each["name"], each["name"])
        url = reverse("reconciliation:rows", args=[run.pk])
        found.append(
            Figure(
                STATUS_WORDS[each["status"]] + words,
                each["rule"].replace("_", " "), each["groups"], Money(each["left_minor"], currency),
                Money(each["right_minor"], currency), each["carried"],
                f"{url}?found=match&status={each['status']}&name={each['name']}&rule={each['rule']}",
            )
        )  # fmt: skip
    return found


@require_POST
@needs(RUN)
def run(request: HttpRequest, account_id: int, day: str) -> HttpResponse:
    """Have the day run, for good or dry."""
    actor = actor_of(request)
    account, on = account_and_day(actor, account_id, day)
    is_dry = request.POST.get("dry") == "yes"
    asked = actions.ask_run(account.pk, on, is_dry=is_dry, by=actor, now=timezone.now())
    told = "The dry run changes nothing." if asked.is_dry else "The day is being reconciled."
    return done(request, day_url(account.pk, on), told)


@require_POST
@needs(RUN)
def cancel(request: HttpRequest, run_id: int) -> HttpResponse:
    """Stop a run that is under way."""
    actor = actor_of(request)
    try:
        found = queries.run_for(actor, run_id)
    except ObjectDoesNotExist:
        raise Http404("There is no such run in your markets.") from None
    actions.cancel_run(found.pk, by=actor, now=timezone.now())
    return done(request, day_url(found.source_account_id, found.day), "The run was stopped.")
