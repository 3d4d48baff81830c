"""One account's money: our books against what the provider shows, what moved it, which hours are missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect

from paydesk.domain.payments.actions import enter_shown_balance
from paydesk.domain.providers.queries import source_accounts
from paydesk.domain.reconciliation.proof import balance_proof
from paydesk.domain.statements.queries import lines_by_id
from paydesk.kernel.money import Money
from paydesk.kernel.public_codes import code_of
from paydesk.kernel.refused import NotAllowedRefused, Refused
from paydesk.reporting.provider_cash import queries
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.answers import document_of
from paydesk.web.provider_cash.rows import why_of
from paydesk.web.providers.gaps import gap_words

if TYPE_CHECKING:
    from datetime import date, datetime

    from paydesk.domain.providers.models import SourceAccount
    from paydesk.domain.reconciliation.rules import DayProof, Proof
    from paydesk.reporting.provider_cash.rules import Hours

RIGHT = "providers.manage:view"
MOST_ROWS = 50
SOURCES = {"rows": "in its rows", "statement": "on its statement", "entered": "entered by hand"}
KINDS = {"float_transfer": "float transfer"}


@dataclass(frozen=True, slots=True)
class ShownDay:
    """One day of the proof as the page shows it."""

    day: DayProof
    books: Money
    moved: Money
    shown: Money | None
    drift: Money | None
    source: str
    break_url: str
    break_words: str


@needs(RIGHT)
def balance(request: HttpRequest, account_id: int) -> HttpResponse:
    """The money of one account, day by day, for whoever may see the accounts."""
    account = _account(request, account_id)
    actor = actor_of(request)
    today = timezone.localdate()
    now = timezone.now()
    proof = balance_proof(account, today=today)
    hours = queries.hours_of([account], now).get(account.pk)
    since = today - timedelta(days=queries.HISTORY_DAYS - 1)
    shown = proof.last.shown if proof.last else None
    transit = list(queries.open_transit(actor, account)[: MOST_ROWS + 1])
    reversals = list(queries.lone_reversals(actor, account)[: MOST_ROWS + 1])
    return render(
        request,
        "providers/balance.html",
        {
            "account": account,
            "proof": proof,
            "days": _days(account, proof),
            "last": proof.last,
            "books_then": Money((proof.last or proof.days[-1]).books + proof.before, account.currency),
            "books_now": Money(proof.days[-1].books + proof.before, account.currency),
            "before": Money(proof.before, account.currency),
            "shown_last": _money(account, shown.closing if shown else None),
            "shown_source": SOURCES[shown.source] if shown else "",
            "drift": _money(account, proof.last.drift if proof.last else None),
            "since": since,
            "kinds": [
                {"row": row, "words": KINDS.get(row.kind, row.kind)}
                for row in queries.moved_by_kind(account, since=since, through=today)
            ],
            "hours": _grid(hours),
            "gaps": gap_words(account.name, hours.gaps) if hours else [],
            "channels": [
                each | {"silent": gap_words(f"{account.name} {each['channel']}".strip(), each["silent"])}
                for each in queries.channels_of(account, now, hours)
            ],
            "transit": [_waits(each, today) for each in transit[:MOST_ROWS]],
            "reversals": [
                _waits(each, today) | {"why": why_of("reversal_row", each)} for each in reversals[:MOST_ROWS]
            ],
            "more_transit": len(transit) > MOST_ROWS,
            "entered": list(queries.shown_balances(account)[:5]),
            "may_enter": gate(actor, "files.import"),
            "may_see_documents": gate(actor, "documents:view"),
        },
    )


def _account(request: HttpRequest, account_id: int) -> SourceAccount:
    account = source_accounts(actor_of(request)).filter(pk=account_id).first()
    if account is None:
        raise Http404("There is no such account in your markets.")
    return account


def _money(account: SourceAccount, minor: int | None) -> Money | None:
    return None if minor is None else Money(minor, account.currency)


def _days(account: SourceAccount, proof: Proof) -> list[ShownDay]:
    """The newest day first, from the first day that has anything."""
    breaks = lines_by_id([d.shown.first_break for d in proof.days if d.shown and d.shown.first_break])
    found = []
    for day in reversed(proof.days):
        shown = day.shown
        line = breaks.get(shown.first_break) if shown and shown.first_break else None
        off = Money(shown.first_off, account.currency) if shown else None
        found.append(
            ShownDay(
                day=day,
                books=Money(day.books + proof.before, account.currency),
                moved=Money(day.moved, account.currency),
                shown=_money(account, shown.closing if shown else None),
                drift=_money(account, day.drift),
                source=SOURCES[shown.source] if shown else "",
                break_url=reverse("intake:lines", args=[code_of("file", line.file_id)]) if line else "",
                break_words=f"breaks before row {line.line_no} of {line.file.filename}: {off}"
                if line
                else "",
            )
        )
    return found


def _grid(hours: Hours | None) -> list[dict[str, Any]]:
    """The hours by day, each with its state."""
    days: dict[Any, list[tuple[datetime, str]]] = {}
    for at, state in hours.cells if hours else ():
        days.setdefault(at.date(), []).append((at, state))
    return [
        {
            "on": on,
            "cells": cells,
            "words": ", ".join(f"{at:%H} {state}" for at, state in cells if state in ("missing", "quiet"))
            or "nothing missing",
        }
        for on, cells in sorted(days.items(), reverse=True)
    ]


def _waits(row: Any, today: date) -> dict[str, Any]:
    return {
        "row": row,
        "amount": Money(row.amount_minor, row.currency),
        "age": (today - row.booked_on).days,
        "url": reverse("intake:lines", args=[code_of("file", row.statement_line.file_id)]),
    }


class BalanceForm(forms.Form):
    """What the portal shows, and the picture of it."""

    amount = forms.CharField(label="Balance shown", max_length=30)
    shown_on = forms.DateField(
        label="At the end of", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    screenshot = forms.FileField(
        label="Screenshot", help_text="A picture or PDF of the page with the balance."
    )
    note = forms.CharField(label="Note", required=False, max_length=200)

    def __init__(self, account: SourceAccount, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.account = account
        self.fields["amount"].help_text = f"In {account.currency}, as it stands there."

    def clean_amount(self) -> Money:
        try:
            return Money.of(f"{self.cleaned_data['amount'].replace(' ', '')} {self.account.currency}")
        except ValueError as problem:
            raise forms.ValidationError(str(problem)) from problem


@needs("files.import")
def enter(request: HttpRequest, account_id: int) -> HttpResponseBase:
    """Ask for the balance the portal shows, with its screenshot."""
    account = _account(request, account_id)
    yesterday = timezone.localdate() - timedelta(days=1)
    form = BalanceForm(
        account, request.POST or None, request.FILES or None, initial={"shown_on": yesterday.isoformat()}
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            enter_shown_balance(
                account.pk, amount=said["amount"], shown_on=said["shown_on"], evidence=said["screenshot"],
                filename=said["screenshot"].name, note=said["note"], by=actor_of(request), now=timezone.now(),
            )  # fmt: skip
        except NotAllowedRefused:
            raise
        except Refused as problem:
            form.add_error(None, problem.text)
        else:
            messages.success(
                request, "The balance is kept with its screenshot; the books are held against it."
            )
            address = reverse("providers:balance", args=[account.pk])
            in_dialog = request.htmx  # type: ignore[attr-defined]
            return HttpResponseClientRedirect(address) if in_dialog else redirect(address)
    status = 422 if request.method == "POST" else 200
    return render(request, "providers/enter_balance.html", {"form": form, "account": account}, status=status)


@needs("documents:view")
def screenshot(request: HttpRequest, account_id: int, shown_id: int) -> HttpResponseBase:
    """The picture behind a balance that was entered by hand."""
    shown = queries.shown_balances(_account(request, account_id)).filter(pk=shown_id).first()
    if shown is None:
        raise Http404("No such balance was entered.")
    return document_of(shown.document_id)
