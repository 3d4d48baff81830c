"""The accounts we hold with providers, with how far their files reach and how those are read."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django_htmx.http import HttpResponseClientRedirect

from paydesk.domain.providers.actions import add_source_account
from paydesk.domain.providers.queries import account_roles, current_profiles, source_accounts
from paydesk.domain.statements.queries import coverage
from paydesk.kernel.refused import NotAllowedRefused, Refused
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.home.coverage import days_behind, in_through_on
from paydesk.web.intake.account_views import AccountForm
from paydesk.web.people_names import names_by_label
from paydesk.web.providers.callback_views import shown_callbacks
from paydesk.web.providers.expected_views import expected_words
from paydesk.web.providers.profiles import shown_profiles
from paydesk.web.providers.rate_views import may_set, shown_cards


@needs("providers.manage:view")
def account_list(request: HttpRequest) -> HttpResponse:
    """Every account of the person's markets; profiles and callback address of the chosen one beside it.

    Six queries, up to four for the callbacks of a chosen account and three for its rate cards.
    """
    actor = actor_of(request)
    accounts = list(source_accounts(actor))
    yesterday = timezone.localdate() - timedelta(days=1)
    reach = {row.account_id: row for row in coverage(actor, timezone.now())}
    profiles = list(current_profiles(actor))
    names = names_by_label(profile.created_by for profile in profiles)
    roles = dict(account_roles())
    chosen = request.GET.get("account", "")
    chosen_account = next((account for account in accounts if str(account.pk) == chosen), None)
    return render(
        request,
        "providers/list.html",
        {
            "rows": [
                {
                    "account": account,
                    "role": roles[account.role],
                    "role_word": roles[account.role].partition(" (")[0],
                    "reach": (each := reach.get(account.pk)),
                    "in_through_on": in_through_on(each) if each else None,
                    "behind": days_behind(each, yesterday) if each else None,
                    "profiles": sum(profile.source_account_id == account.pk for profile in profiles),
                    "is_chosen": str(account.pk) == chosen,
                }
                for account in accounts
            ],
            "profiles": shown_profiles(
                [p for p in profiles if not chosen or str(p.source_account_id) == chosen], names
            ),
            "chosen": chosen_account,
            "expected": expected_words(chosen_account) if chosen_account else "",
            "callbacks": shown_callbacks(request, chosen_account),
            "cards": shown_cards(chosen_account),
            "may_set_rates": may_set(request),
            "may_manage": gate(actor, "providers.manage"),
        },
    )


@needs("providers.manage")
def new(request: HttpRequest) -> HttpResponse:
    """The form in a dialog or as a page; what cannot be is said beside it."""
    actor = actor_of(request)
    form = AccountForm(actor, request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        known = next((p for p in form.providers if p.name.casefold() == said["provider"].casefold()), None)
        try:
            added = add_source_account(
                provider_code=known.code if known else slugify(said["provider"])[:40],
                provider_name=known.name if known else said["provider"],
                provider_kind=said["provider_kind"], market=said["market"], name=said["name"],
                identifier=said["identifier"], currency=said["currency"], role=said["role"],
                time_zone=said["time_zone"], by=actor, now=timezone.now(),
            )  # fmt: skip
        except NotAllowedRefused:
            raise
        except Refused as problem:
            form.add_error("identifier", problem.text)
        else:
            messages.success(request, f"{added.name} is added.")
            address = redirect("providers:list")
            in_dialog = request.htmx  # type: ignore[attr-defined]
            return HttpResponseClientRedirect(address["Location"]) if in_dialog else address
    status = 422 if request.method == "POST" else 200
    return render(request, "providers/new.html", {"form": form}, status=status)
