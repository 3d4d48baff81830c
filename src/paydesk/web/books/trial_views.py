"""The trial balance and the tie-out, and the way down from each to the postings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from paydesk.domain.ledger.rules import KEY_KINDS, NAMES
from paydesk.domain.payments.queries import within_patience
from paydesk.kernel.money import Money
from paydesk.kernel.public_codes import code_of
from paydesk.reporting.books.queries import tie_out
from paydesk.reporting.books.queries.keys import rows_named
from paydesk.reporting.books.queries.trial_balance import (
    AccountPosting,
    KeyBalance,
    TrialBalance,
    balance_of,
    keys_of,
    postings_of,
    trial_balance,
)
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.addresses import page_of
from paydesk.web.books.asked import account_code, asked, asked_currency
from paydesk.web.books.names import ShownKey, shown_keys
from paydesk.web.exports import exports
from paydesk.web.paging import PAGE_SIZE, Page, page_number
from paydesk.web.payments.postings import KIND_WORDS
from paydesk.web.people_names import names_by_label
from paydesk.web.workbook import Cell, list_download

RIGHT = "ledger:view"
PATIENCE_SECONDS = 20
KEY_WORDS = {
    "customer": "Customer", "contract": "Contract", "source_account": "Account at a provider",
    "statement_line": "Row", "currency_pair": "Of", "market": "Of",
}  # fmt: skip


@require_safe
@needs(RIGHT)
def trial(request: HttpRequest) -> HttpResponse:
    """Every account of a market per currency, through a day, as now or as reported."""
    wanted = asked(request)
    known = {
        "asked": wanted,
        "filters": wanted.filters,
        "market_code": wanted.market.pk,
        "tab": "trial",
        "balances": trial_balance(actor_of(request), wanted.as_of, since=wanted.since),
        "may_export": gate(actor_of(request), "export"),
    }
    return render(request, _part(request, "books/_trial.html", "books/trial.html"), known)


def _part(request: HttpRequest, part: str, page: str) -> str:
    """The part alone where it is swapped into the page."""
    return part if request.htmx.target == "books" else page  # type: ignore[attr-defined]


TRIAL_HEAD = (
    "Market", "Through", "As reported at the end of", "Account", "Name", "Currency", "Opening", "Debit",
    "Credit", "Balance debit", "Balance credit",
)  # fmt: skip


@exports(RIGHT)
def trial_export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The trial balance as it is shown, as CSV or XLSX."""
    wanted = asked(request)

    def rows(balances: list[TrialBalance]) -> Iterator[list[Cell]]:
        for balance in balances:
            for row in balance.rows:
                yield [
                    wanted.market.pk, wanted.on, wanted.known_on, row.code, row.name, balance.currency,
                    row.opening.amount, row.debit.amount, row.credit.amount,
                    row.closing_debit.amount if row.closing_debit else None,
                    row.closing_credit.amount if row.closing_credit else None,
                ]  # fmt: skip

    found = trial_balance(actor_of(request), wanted.as_of, since=wanted.since)
    name = f"trial-balance-{wanted.market.pk}-{wanted.on.isoformat()}"
    return list_download(name, kind, TRIAL_HEAD, rows(found))


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One sub-ledger key: whose it is, and what stands on it."""

    key: KeyBalance
    shown: ShownKey


@require_safe
@needs(RIGHT)
def account(request: HttpRequest, code: int) -> HttpResponse:
    """The sub-ledger keys of one account that are not at zero, largest first."""
    actor, wanted, account = actor_of(request), asked(request), account_code(code)
    currency, number = asked_currency(request, wanted.market), page_number(request)
    with within_patience(PATIENCE_SECONDS):
        keys = keys_of(
            actor, wanted.as_of, account, currency, start=(number - 1) * PAGE_SIZE, count=PAGE_SIZE + 1
        )
        total = balance_of(actor, wanted.as_of, [account]).get(currency, Money(0, currency))
    kind = KEY_KINDS[account]
    named = shown_keys(actor, wanted.market.pk, kind, [key.key_id for key in keys])
    rows = [KeyRow(key, named[key.key_id]) for key in keys]
    return render(
        request,
        "books/account.html",
        _about(wanted, account, currency)
        | {
            "page": Page.of(rows, number),
            "total": total,
            "key_word": KEY_WORDS.get(kind, kind.capitalize()),
            "by_row": account in tie_out.DETAILED,
        },
    )


def _about(wanted: Any, code: str, currency: str) -> dict[str, Any]:
    return {
        "asked": wanted, "filters": wanted.filters, "market_code": wanted.market.pk, "tab": "trial",
        "code": code, "name": NAMES[code],
        "currency": currency,
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class PostingRow:
    """One posting in words, with the page of what it is about."""

    posting: AccountPosting
    entry: str
    words: str
    by: str
    about: str
    about_url: str

    @property
    def debit(self) -> Money | None:
        return self.posting.amount if self.posting.amount.amount_minor > 0 else None

    @property
    def credit(self) -> Money | None:
        return -self.posting.amount if self.posting.amount.amount_minor < 0 else None


ABOUT_PREFIXES = {"payment": "PAY", "contract": "CON", "customer": "CUS"}


def posting_rows(found: list[AccountPosting]) -> list[PostingRow]:
    """`found` in words; two queries."""
    names = names_by_label(posting.actor for posting in found)
    rows = rows_named({posting.cause_id for posting in found if posting.cause_kind == "line"})
    return [
        PostingRow(
            posting,
            code_of("JE", posting.entry_id),
            KIND_WORDS.get(posting.kind, posting.kind.replace(".", " ").replace("_", " ").capitalize()),
            names[posting.actor],
            code_of(ABOUT_PREFIXES[posting.cause_kind], posting.cause_id)
            if posting.cause_kind in ABOUT_PREFIXES
            else rows[posting.cause_id].code
            if posting.cause_kind == "line" and posting.cause_id in rows
            else f"{posting.cause_kind} {posting.cause_id}",
            page_of("file", rows[posting.cause_id].page_id)
            if posting.cause_kind == "line" and posting.cause_id in rows
            else page_of(posting.cause_kind, posting.cause_id),
        )
        for posting in found
    ]


@require_safe
@needs(RIGHT)
def postings(request: HttpRequest, code: int, key_id: int) -> HttpResponse:
    """The postings on one sub-ledger key, newest posted first, each with what it is about."""
    actor, wanted, account = actor_of(request), asked(request), account_code(code)
    currency, number = asked_currency(request, wanted.market), page_number(request)
    if key_id >= 2**63:
        raise Http404
    with within_patience(PATIENCE_SECONDS):
        found = postings_of(
            actor, wanted.as_of, account, currency, key_id,
            start=(number - 1) * PAGE_SIZE, count=PAGE_SIZE + 1,
        )  # fmt: skip
        at = keys_of(actor, wanted.as_of, account, currency, start=0, count=1, key_id=key_id)
    kind = KEY_KINDS[account]
    return render(
        request,
        "books/postings.html",
        _about(wanted, account, currency)
        | {
            "page": Page.of(posting_rows(found), number),
            "key": shown_keys(actor, wanted.market.pk, kind, [key_id])[key_id],
            "balance": at[0].balance if at else Money(0, currency),
        },
    )


@require_safe
@needs(RIGHT)
def tied(request: HttpRequest) -> HttpResponse:
    """Each control account against stored balances and the desk's own tables, as they are now."""
    wanted = asked(request, without=("since", "on", "known"))
    with within_patience(PATIENCE_SECONDS):
        found = tie_out.tie_out(actor_of(request), wanted.market.pk)
    known = {"asked": wanted, "filters": wanted.filters, "market_code": wanted.market.pk, "tab": "tie_out",
             "tied": found, "breaks": len(tie_out.breaks(found))}  # fmt: skip
    return render(request, _part(request, "books/_tie_out.html", "books/tie_out.html"), known)


@dataclass(frozen=True, slots=True)
class TiedRow:
    """One key of a control account, in words."""

    tied: tie_out.TiedKey
    shown: ShownKey


@require_safe
@needs(RIGHT)
def tied_keys(request: HttpRequest, code: int) -> HttpResponse:
    """The keys of a control account, those that do not tie first."""
    actor, account = actor_of(request), account_code(code)
    wanted = asked(request, without=("since", "on", "known"))
    if account not in tie_out.BY_CODE:
        raise Http404("This account is not a control account.")
    currency, number = asked_currency(request, wanted.market), page_number(request)
    apart_only = request.GET.get("apart") == "1"
    with within_patience(PATIENCE_SECONDS):
        keys = tie_out.keys_tied(
            actor, wanted.market.pk, account, currency,
            start=(number - 1) * PAGE_SIZE, count=PAGE_SIZE + 1, apart_only=apart_only,
        )  # fmt: skip
    kind = keys[0].key_kind if keys else KEY_KINDS[account]
    named = shown_keys(actor, wanted.market.pk, kind, [key.key_id for key in keys])
    rows = [TiedRow(key, named[key.key_id]) for key in keys]
    return render(
        request,
        "books/tied_keys.html",
        _about(wanted, account, currency)
        | {
            "tab": "tie_out",
            "page": Page.of(rows, number),
            "against": tie_out.BY_CODE[account].against,
            "stores": account in tie_out.STORED,
            "posts_by_key": account not in tie_out.DETAILED,
            "apart_only": apart_only,
            "key_word": "Payment" if account == "2020" else KEY_WORDS.get(kind, kind.capitalize()),
        },
    )
