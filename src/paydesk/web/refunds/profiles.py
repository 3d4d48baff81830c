"""The columns that the bulk file of one account needs: heading and what stands below it."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from paydesk.domain.providers.queries import source_accounts
from paydesk.domain.refunds.actions import RefundRefused, save_payout_profile
from paydesk.domain.refunds.queries import profile_of
from paydesk.web.access import actor_of, needs
from paydesk.web.answers import came_from, done
from paydesk.web.people_names import names_by_label
from paydesk.web.refunds.deeds import dialog_view
from paydesk.web.refunds.files import RELEASE
from paydesk.writers.mobile_money_bulk import DEFAULT, FIELDS

MOST_COLUMNS = 8
FIELD_WORDS = {
    "msisdn": "Phone number, with country code",
    "local_number": "Phone number, as dialled at home",
    "amount": "Amount",
    "currency": "Currency",
    "reference": "Our reference",
    "name": "Name of the payee",
    "note": "The word “Refund”",
}
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the form, counted from 1."""

    number: int
    heading: str
    field: str


@dialog_view
@needs(RELEASE)
def columns(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show the columns of an account's bulk file, and save them."""
    actor = actor_of(request)
    try:
        account = source_accounts(actor).get(pk=account_id)
    except ObjectDoesNotExist:
        raise Http404("There is no such account in your markets.") from None
    saved = profile_of(account)
    wanted = [(each.heading, each.field) for each in DEFAULT] if saved is None else saved.columns
    delimiter, problem = saved.delimiter if saved else ",", ""
    if request.method == "POST":
        wanted, delimiter = said(request.POST), request.POST.get("delimiter", ",")
        try:
            save_payout_profile(
                account.pk, columns=[pair for pair in wanted if any(pair)], delimiter=delimiter,
                by=actor, now=timezone.now(),
            )  # fmt: skip
        except RefundRefused as refused:
            problem = refused.text
        else:
            text = f"The bulk file of {account.name} has these columns from now on."
            return done(request, came_from(request, reverse("refunds:files")), text)
    rows = [*wanted, *[("", "")] * MOST_COLUMNS][:MOST_COLUMNS]
    known = {
        "account": account,
        "saved": saved,
        "saved_by": names_by_label([saved.saved_by])[saved.saved_by] if saved else "",
        "columns": [Column(number, *pair) for number, pair in enumerate(rows, start=1)],
        "fields": [(name, FIELD_WORDS[name]) for name in FIELDS],
        "delimiters": DELIMITERS,
        "delimiter": delimiter,
        "problem": problem,
        "at": came_from(request, reverse("refunds:files")),
    }
    return render(request, "refunds/columns.html", known, status=409 if problem else 200)


def said(post: QueryDict) -> list[tuple[str, str]]:
    """(heading, field) of each column of the form, the empty ones too."""
    return [
        (post.get(f"heading-{number}", "").strip()[:60], post.get(f"field-{number}", ""))
        for number in range(1, MOST_COLUMNS + 1)
    ]
