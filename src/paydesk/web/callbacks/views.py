"""What providers sent by themselves: what each message said and became, and what could not be taken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from paydesk.domain.callbacks.queries import amounts_of, what_it_became
from paydesk.domain.callbacks.words import CHANNELS, OUTCOMES
from paydesk.domain.marketplace.queries import event_told_by
from paydesk.domain.marketplace.rules import EVENTS
from paydesk.domain.providers.dialects import CALLBACKS, MARKET_MESSAGES
from paydesk.domain.providers.queries import source_accounts
from paydesk.foundation.inbox.actions import retry_message
from paydesk.foundation.inbox.queries import message_for, messages
from paydesk.foundation.inbox.states import MESSAGE
from paydesk.importers.json_messages import NotJson, clean, parsed, raw_of
from paydesk.kernel.card_numbers import masked
from paydesk.kernel.money import Money
from paydesk.kernel.public_codes import code_of, number_of
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.answers import confirmed, unchanged
from paydesk.web.contracts.forms import ANY, AddressFilters
from paydesk.web.exports import exports
from paydesk.web.paging import PAGE_SIZE, Page, page_number
from paydesk.web.sight import looking
from paydesk.web.templatetags.desk import state_words
from paydesk.web.workbook import list_download

if TYPE_CHECKING:
    from paydesk.domain.providers.models import SourceAccount
    from paydesk.foundation.inbox.models import Message

KINDS = (CALLBACKS, MARKET_MESSAGES)
EXPORTED_ROWS = 100_000
LONGEST_SHOWN = 20_000
HEAD = (
    "Message", "Received (UTC)", "Account", "Channel", "State", "Outcome", "Amount", "Currency",
    "Reason", "Repeats", "Sha-256",
)  # fmt: skip


class MessageFilters(AddressFilters):
    """State, account and channel, as they stand in the address."""

    state = forms.ChoiceField(
        required=False, choices=[ANY, *((state, state_words(state)) for state in MESSAGE.states)]
    )
    account = forms.ChoiceField(required=False)
    channel = forms.ChoiceField(required=False, choices=[ANY, *CHANNELS.items()])

    def __init__(self, request: HttpRequest, accounts: Iterable[SourceAccount]) -> None:
        super().__init__(request)
        fields: dict[str, Any] = self.fields
        fields["account"].choices = [ANY, *((str(each.pk), each.name) for each in accounts)]

    @property
    def lookups(self) -> dict[str, Any]:
        names = {"state": "state", "account": "source_id", "channel": "channel"}
        return {names[name]: value for name, value in self.wanted.items()}


@dataclass(frozen=True, slots=True)
class Row:
    """One message in the list."""

    message: Message
    code: str
    url: str
    account: str
    channel: str
    family: str
    outcome: str
    amount: Money | None


@require_safe
@needs("files.import:view")
@vary_on_headers("HX-Request", "HX-Target")
def message_list(request: HttpRequest) -> HttpResponse:
    """Messages of the person's markets, newest first; one opened beside the list."""
    actor = actor_of(request)
    accounts = {account.pk: account for account in source_accounts(actor)}
    filters = MessageFilters(request, accounts.values())
    target = request.htmx.target  # type: ignore[attr-defined]
    known: dict[str, Any] = {"filters": filters, "query": filters.address}
    if target != "message-list":
        known |= _opened(request, accounts)
        if known.get("message") and request.GET.get("v"):
            same = unchanged(request, known["version"])
            if same is not None:
                return same
    if target == "detail":
        return render(request, "callbacks/_detail.html", known)
    number = page_number(request)
    start = (number - 1) * PAGE_SIZE
    found = messages(actor, kind__in=KINDS, **filters.lookups)[start : start + PAGE_SIZE + 1]
    known["page"] = Page.of(_rows(request, found, accounts), number)
    return render(
        request, "callbacks/_list.html" if target == "message-list" else "callbacks/list.html", known
    )


def _rows(
    request: HttpRequest, found: Iterable[Message], accounts: dict[int, SourceAccount]
) -> Iterable[Row]:
    here = list(found)
    amounts = amounts_of(actor_of(request), here)
    for message in here:
        code = code_of("MSG", message.pk)
        query = request.GET.copy()
        query["open"] = code
        account = accounts.get(message.source_id)
        yield Row(
            message,
            code,
            f"{request.path}?{query.urlencode()}",
            account.name if account else "an account of another market",
            CHANNELS.get(message.channel, message.channel),
            MESSAGE.family(message.state),
            outcome_of(message),
            amounts.get(message.pk),
        )


def outcome_of(message: Message) -> str:
    """What became of it in words; of a rejected one that never got so far, the reason says all."""
    return (
        ""
        if (message.state, message.outcome) == ("rejected", "nothing")
        else OUTCOMES.get(message.outcome, "")
    )


def _opened(request: HttpRequest, accounts: dict[int, SourceAccount]) -> dict[str, Any]:
    """The message that is open beside the list, with its text as this person may see it."""
    code = request.GET.get("open", "")
    number = number_of("MSG", code) if code else None
    if number is None or number >= 2**63:
        return {"open_code": ""}
    actor = actor_of(request)
    try:
        message = message_for(actor, number)
    except ObjectDoesNotExist:
        raise Http404("There is no such message in your markets.") from None
    eyes = looking(request)
    became = what_it_became(actor, message)
    told = (
        event_told_by(actor, message.became_id)
        if message.became_kind == MARKET_MESSAGES and message.became_id
        else None
    )
    cells, text = _content(bytes(message.body))
    return {
        "open_code": code_of("MSG", message.pk),
        "message": message,
        "version": f"{message.state}-{message.attempts}-{message.repeats}",
        "account": accounts.get(message.source_id),
        "channel": CHANNELS.get(message.channel, message.channel),
        "family": MESSAGE.family(message.state),
        "outcome": outcome_of(message),
        "became": became,
        "told": told,
        "told_words": EVENTS[told.kind] if told else "",
        "told_amount": Money(told.amount_minor, told.currency) if told and told.amount_minor else None,
        "amount": amounts_of(actor, [message]).get(message.pk),
        "cells": list(eyes.row(cells, became.payment if became else None).items()) if cells else [],
        "text": eyes.row(text, None) if text else "",
        "sha256": bytes(message.content_hash).hex(),
        "may_retry": gate(actor, "files.import"),
    }


def _content(body: bytes) -> tuple[dict[str, str], str]:
    """A message as its fields, or as text where it is no JSON; card numbers are masked in both."""
    if not body:
        return {}, "Erased at the wish of the person it was about."
    try:
        return raw_of(parsed(body)), ""
    except NotJson:
        return {}, masked(clean(body[:LONGEST_SHOWN].decode("utf-8", "replace")))


@require_safe
@needs("files.import:view")
def page(request: HttpRequest, code: str) -> HttpResponse:
    """A message by its code alone: the list with it open."""
    if number_of("MSG", code) is None:
        raise Http404
    return redirect(f"{reverse('callbacks:list')}?{urlencode({'open': code.upper()})}")


@require_POST
@needs("files.import")
def retry(request: HttpRequest, code: str) -> HttpResponse:
    """Have a rejected message read again."""
    number = number_of("MSG", code)
    if number is None:
        raise Http404
    try:
        message_for(actor_of(request), number)
    except ObjectDoesNotExist:
        raise Http404 from None
    retry_message(number, by=actor_of(request), now=timezone.now())
    if not request.htmx:  # type: ignore[attr-defined]
        return page(_as_get(request), code)
    accounts = {account.pk: account for account in source_accounts(actor_of(request))}
    request.GET = request.GET.copy()
    request.GET["open"] = code_of("MSG", number)
    answer = render(request, "callbacks/_detail.html", _opened(request, accounts))
    return confirmed(answer, "It is read again; what becomes of it shows here.")


def _as_get(request: HttpRequest) -> HttpRequest:
    request.method = "GET"
    return request


def _parts(found: Iterator[Message]) -> Iterator[list[Message]]:
    while part := list(islice(found, 2000)):
        yield part


@exports("files.import:view")
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The messages of the filters in the address without their bodies, as CSV or XLSX."""
    actor = actor_of(request)
    accounts = {account.pk: account for account in source_accounts(actor)}
    filters = MessageFilters(request, accounts.values())
    found = messages(actor, kind__in=KINDS, **filters.lookups)[:EXPORTED_ROWS]
    rows = (
        [
            row.code, f"{row.message.received_at:%Y-%m-%d %H:%M:%S}", row.account, row.channel,
            row.message.state, row.outcome, row.amount.amount if row.amount else None,
            row.amount.currency if row.amount else "", row.message.reason, row.message.repeats,
            bytes(row.message.content_hash).hex(),
        ]
        for part in _parts(found.iterator(chunk_size=2000))
        for row in _rows(request, part, accounts)
    )  # fmt: skip
    return list_download(f"callbacks-{timezone.localdate().isoformat()}", kind, HEAD, rows)
