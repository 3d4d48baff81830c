"""The home page: is everything in, what waits for a person, what came in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from paydesk.domain.cases.queries import mail_troubles
from paydesk.domain.payments.kept_rows import kept_rows
from paydesk.domain.payments.queries import (
    ageing,
    possible_doubles_count,
    probably_somebodys_count,
    received_per_day,
    suspense,
    unapplied,
)
from paydesk.domain.providers.queries import source_accounts
from paydesk.domain.statements.states import WAITING, WORKING
from paydesk.foundation.outbox.queries import worker_status
from paydesk.kernel.actor import Actor
from paydesk.web.access import actor_of, declares, needs
from paydesk.web.answers import unchanged
from paydesk.web.home.cases import cases_of_mine
from paydesk.web.home.coverage import account_days
from paydesk.web.home.money import DAYS_SHOWN, applied_share, by_currency, by_kind, oldest_of, per_currency
from paydesk.web.home.today import lines_of_today
from paydesk.web.intake.line_views import KEPT_DAYS
from paydesk.web.intake.views import asked_again, listed
from paydesk.web.links import rows_at
from paydesk.web.quality.exams import waiting_for

FILES_SHOWN = 12
FILES = {"state__in": [*WAITING, *WORKING]}


@declares("")
def home(request: HttpRequest) -> HttpResponse:
    """The analyst's morning; asked with `?v=` it answers with the files at work alone, or 204."""
    actor = actor_of(request)
    files = _files(request, actor)
    if "v" in request.GET:
        return unchanged(request, files["files_version"]) or render(request, "home/_files.html", files)
    facts = files | _reach(actor) | _money(actor) | cases_of_mine(actor) | {"exams": waiting_for(request)}
    if actor.may("settings.manage:view"):
        facts["mail_troubles"] = mail_troubles(actor)
    return render(request, "home/home.html", facts | {"worker": worker_status(), "days_shown": DAYS_SHOWN})


def _files(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    """Files that wait for a person or are being worked on, and the posted ones with rejected rows."""
    if not actor.may("files.import:view"):
        return {"sees_files": False, "files_version": "0"}
    at_work = listed(actor, FILES, size=FILES_SHOWN)
    since = timezone.now() - timedelta(days=KEPT_DAYS)
    rejects = listed(
        actor, {"state": "posted", "rejected_count__gt": 0, "posted_at__gte": since}, size=FILES_SHOWN
    )
    version = f"{at_work['version']}.{rejects['version']}"
    return {
        "sees_files": True,
        "at_work": at_work,
        "rejects": rejects,
        "files_version": version,
        "poll": asked_again(request, version),
        "is_moving": at_work["is_moving"],
    }


def _reach(actor: Actor) -> dict[str, Any]:
    known = list(source_accounts(actor))
    accounts = account_days(actor, timezone.now(), timezone.localdate(), known)
    missing = sum(len(each.missing) for each in accounts)
    return {
        "accounts_in": accounts,
        "behind": sum(each.is_behind for each in accounts),
        "missing_note": _("1 day without a file")
        if missing == 1
        else _("%s days without a file") % missing
        if missing
        else "",
        "accounts": known if accounts else [],
    }


def _money(actor: Actor) -> dict[str, Any]:
    """Figures about payments, for whoever may see them."""
    if not actor.may("payments:view"):
        return {"sees_payments": False}
    today = timezone.localdate()
    since = today - timedelta(days=DAYS_SHOWN - 1)
    received = per_currency(received_per_day(actor, since=since, through=today), today)
    yesterday = today - timedelta(days=1)
    facts: dict[str, Any] = {
        "sees_payments": True,
        "today": today,
        "yesterday": yesterday,
        "received": received,
        "received_yesterday": sum(each.last.count for each in received),
        "received_trend": [sum(each.days[n].count for each in received) for n in range(DAYS_SHOWN)],
        "received_amounts": [each.last.amount for each in received if each.last.count],
        "received_url": rows_at("payments:list", **{"from": yesterday, "to": yesterday}),
        "share": applied_share(received),
        "share_url": rows_at("payments:list", **{"from": since, "to": today, "applied": "full"}),
        "kept_days": KEPT_DAYS,
        "day_rows": [
            {"on": since + timedelta(days=n), "cells": [each.days[n] for each in received]}
            for n in reversed(range(DAYS_SHOWN))
        ],
    }
    for name, place, rows in (
        ("unapplied", "unapplied:list", unapplied),
        ("suspense", "suspense:list", suspense),
    ):
        if name == "suspense" and not actor.may("suspense:view"):
            continue
        waiting = by_currency(ageing(rows(actor), on=today), place)
        facts[name] = {
            "currencies": waiting,
            "count": sum(each.count for each in waiting),
            "oldest": oldest_of(waiting),
            "url": rows_at(place),
            "amounts": [each.amount for each in waiting],
        }
    facts["doubles"] = possible_doubles_count(actor, since=since)
    facts["doubles_url"] = rows_at("payments:list", double=1, **{"from": since})
    if "suspense" in facts:
        facts["near_count"] = probably_somebodys_count(actor, on=today)
        facts["near_url"] = rows_at("suspense:list", near=1)
    facts["lines"] = lines_of_today(actor, facts.get("near_count", 0))
    return facts


@needs("payments:view")
def kept(request: HttpRequest) -> HttpResponse:
    """Rows that made no payment, counted after the page is there: over many files that takes a moment."""
    since = timezone.localdate() - timedelta(days=KEPT_DAYS)
    rows = by_kind(kept_rows(actor_of(request), since=since))
    return render(request, "home/_kept.html", {"kept": rows})
