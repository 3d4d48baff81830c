"""When rows of an account are expected: said beside it, set in a dialog."""

from __future__ import annotations

from calendar import day_abbr
from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect

from paydesk.domain.providers.actions import SourceAccountRefused, set_expected_hours
from paydesk.domain.providers.queries import source_accounts
from paydesk.web.access import actor_of, needs

if TYPE_CHECKING:
    from paydesk.domain.providers.models import SourceAccount

WEEKDAYS = [(str(n), day_abbr[n]) for n in range(7)]


class ExpectedForm(forms.Form):
    """Weekdays, and from when until when; both may stay empty. Whether holidays are closed days."""

    weekdays = forms.MultipleChoiceField(
        label="Days on which rows come",
        choices=WEEKDAYS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    opens = forms.TimeField(
        label="From", required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    closes = forms.TimeField(
        label="Until: the cut-off",
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text="00:00 is midnight. Earlier than From: over the night. Both empty: as rows came before.",
    )
    closed_on_holidays = forms.BooleanField(
        label="None on the holidays and closed days of the market’s calendar", required=False
    )


def expected_words(account: SourceAccount) -> str:
    """When rows of an account are expected, as a person says it."""
    expected = account.expected
    days = sorted(expected.weekdays)
    is_run = len(days) > 2 and days[-1] - days[0] + 1 == len(days)
    names = "every day" if len(days) == 7 else (
        f"{day_abbr[days[0]]} to {day_abbr[days[-1]]}" if is_run else ", ".join(day_abbr[n] for n in days)
    )  # fmt: skip
    if account.closed_on_holidays:
        names += " except holidays"
    if expected.opens is None or expected.closes is None:
        return f"{names}, in the hours in which they came before"
    until = "24:00" if f"{expected.closes:%H:%M}" == "00:00" else f"{expected.closes:%H:%M}"
    return f"{names}, {expected.opens:%H:%M}–{until}"


@needs("providers.manage")
def expect(request: HttpRequest, account_id: int) -> HttpResponse:
    """The form in a dialog or as a page; what cannot be is said beside it."""
    actor = actor_of(request)
    account = source_accounts(actor).filter(pk=account_id).first()
    if account is None:
        raise Http404("There is no such account in your markets.")
    as_it_is = {
        "weekdays": [str(n) for n in sorted(account.expected.weekdays)],
        "opens": account.expected_from,
        "closes": account.expected_to,
        "closed_on_holidays": account.closed_on_holidays,
    }
    form = ExpectedForm(request.POST or None, initial=as_it_is, auto_id="expect_%s")
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            set_expected_hours(
                account.pk,
                weekdays=[int(n) for n in said["weekdays"]],
                opens=said["opens"],
                closes=said["closes"],
                closed_on_holidays=said["closed_on_holidays"],
                by=actor,
                now=timezone.now(),
            )
        except SourceAccountRefused as problem:
            form.add_error("closes", problem.text)
        else:
            messages.success(request, f"Set when rows of {account.name} are expected.")
            address = f"{reverse('providers:list')}?account={account.pk}"
            in_dialog = request.htmx  # type: ignore[attr-defined]
            return HttpResponseClientRedirect(address) if in_dialog else redirect(address)
    status = 422 if request.method == "POST" else 200
    return render(request, "providers/expect.html", {"form": form, "account": account}, status=status)
