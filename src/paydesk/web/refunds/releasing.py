"""Putting approved refunds into a payout file: from which account, what it holds, what is left afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.vary import vary_on_headers

from paydesk.domain.refunds.actions import request_release
from paydesk.domain.refunds.payout_formats import FORMATS
from paydesk.domain.refunds.queries import float_of, number_in, pays_from, profile_of, refunds
from paydesk.domain.refunds.stopped import stopped_among
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.addresses import page_of
from paydesk.web.answers import came_from, done
from paydesk.web.refunds.deeds import dialog_view
from paydesk.web.refunds.shown import ShownRefund, all_shown, file_shown

if TYPE_CHECKING:
    from paydesk.domain.providers.models import SourceAccount
    from paydesk.domain.refunds.models import Refund

MOST = 500
FLOAT_WORDS = {"1015": "disbursement float", "1020": "collections", "1010": "bank account"}


@dataclass(frozen=True, slots=True)
class Source:
    """An account the money could leave, with what it holds."""

    account: SourceAccount
    holds: str
    there: Money
    left: Money

    @property
    def is_enough(self) -> bool:
        return self.left.amount_minor >= 0


@dialog_view
@needs("payouts.release")
@vary_on_headers("HX-Request", "HX-Target")
def release(request: HttpRequest) -> HttpResponse:
    """Ask a second person to let approved refunds go out together."""
    actor = actor_of(request)
    said = request.POST if request.method == "POST" else request.GET
    chosen = chosen_refunds(actor, said.getlist("id"))
    rows = all_shown(chosen)
    known: dict[str, Any] = {
        "rows": rows,
        "at": came_from(request, reverse("refunds:list")),
        "problem": problem_of(rows) or stopped_of(rows),
    }
    if not known["problem"]:
        known |= offer(actor, chosen, said.get("account", ""), said.get("format", ""))
    if request.method == "POST" and not known["problem"]:
        payout = request_release(
            [refund.pk for refund in chosen],
            source_account_id=known["source"].account.pk if known["source"] else 0,
            format=known["format"],
            by=actor,
            now=timezone.now(),
        )
        text = f"Asked to release {file_shown(payout).total}. A second person decides on it."
        return done(request, page_of("payout_file", payout.pk), text)
    return render(request, "refunds/release.html", known, status=409 if request.method == "POST" else 200)


def chosen_refunds(actor: Actor, codes: Sequence[str]) -> list[Refund]:
    """The refunds these codes name, as far as the actor sees them; in the order of the queue."""
    ids = {number for code in codes[:MOST] if (number := number_in(code)) is not None and number < 2**63}
    return list(refunds(actor).filter(pk__in=ids))


def problem_of(rows: Sequence[ShownRefund]) -> str:
    """Why these do not go out together; "" where they do."""
    if not rows:
        return "Choose at least one approved refund: x chooses the row you stand on."
    taken = next((row for row in rows if not row.is_free), None)
    if taken is not None:
        return f"{taken.code} is not free to go out: it is {taken.word}."
    kinds = {(row.refund.market, row.refund.currency, row.refund.rail) for row in rows}
    if len(kinds) > 1:
        return "A payout file is for one market, one currency and one way to pay. Choose those alone."
    return ""


def stopped_of(rows: Sequence[ShownRefund]) -> str:
    """Which of these risk stops, and why; "" where none."""
    why = stopped_among([row.refund for row in rows], timezone.now())
    return " ".join(f"{row.code} cannot go out: {why[row.refund.pk]}" for row in rows if row.refund.pk in why)


def offer(actor: Actor, chosen: Sequence[Refund], account: str, format: str) -> dict[str, Any]:
    """Accounts it can be paid from, the one chosen or else the first that holds enough, and the formats."""
    first = chosen[0]
    total = Money(sum(refund.amount_minor for refund in chosen), first.currency)
    accounts = sorted(
        pays_from(actor, first.market, first.currency), key=lambda each: not fits(each, first.rail)
    )
    sources = [source_of(each, total) for each in accounts]
    usual = [each for each in sources if fits(each.account, first.rail)] or sources
    enough = next((each for each in usual if each.is_enough), usual[0] if usual else None)
    source = next((each for each in sources if str(each.account.pk) == account), enough)
    formats = [(name, each.name) for name, each in FORMATS.items() if each.rail == first.rail]
    return {
        "total": total,
        "sources": sources,
        "source": source,
        "profile": profile_of(source.account) if source and first.rail == "mobile_money" else None,
        "is_mobile": first.rail == "mobile_money",
        "formats": formats,
        "format": format if format in dict(formats) else formats[0][0],
        "blocked": why_not(source, total, first.market),
        "may_save": gate(actor, "payouts.release"),
    }


def fits(account: SourceAccount, rail: str) -> bool:
    """Whether money of this rail usually leaves here: a bank pays transfers, a wallet pays wallets."""
    return (account.provider.kind == "bank") is (rail == "bank")


def source_of(account: SourceAccount, total: Money) -> Source:
    code, there = float_of(account)
    return Source(account, FLOAT_WORDS.get(code, code), there, there - total)


def why_not(source: Source | None, total: Money, market: str) -> str:
    if source is None:
        return f"No account in {market} pays in {total.currency}. One is added under Accounts."
    if not source.is_enough:
        return (
            f"{source.account.name} holds {source.there}, the file needs {total}. "
            "Fund it first, choose another account, or take refunds out."
        )
    return ""
