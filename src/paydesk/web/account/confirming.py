"""Confirming that it is still this person, before how they sign in is changed."""

from __future__ import annotations

import functools
import time
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.debug import sensitive_post_parameters

from paydesk.foundation.people.queries import factors_of
from paydesk.kernel.refused import Refused
from paydesk.web.access import View, declares
from paydesk.web.account.forms import CodeForm, ConfirmForm
from paydesk.web.account.passkeys import passkeys_work, verified
from paydesk.web.account.second_step import TOO_MANY, proven_by_code

MINUTES = 10


def confirmed_recently(view: View) -> View:
    """Let a view run for whoever signed in or confirmed within MINUTES; others confirm first."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if _is_recent(request):
            return view(request, *args, **kwargs)
        back = request.path if request.method == "GET" else resolve_url("account:page")
        return redirect(f"{resolve_url('account:confirm')}?{urlencode({'next': back})}")

    return guarded


def _is_recent(request: HttpRequest) -> bool:
    records = get_authentication_records(request, request.user)
    return bool(records) and time.time() - records[-1]["at"] < MINUTES * 60


@sensitive_post_parameters("password", "code", "credential")
@declares("")
def confirm(request: HttpRequest) -> HttpResponse:
    """Ask who has a second factor for it, others for their password."""
    person: Any = request.user
    kinds = {factor.type for factor in factors_of(person.pk)}
    form: CodeForm | ConfirmForm = CodeForm() if kinds else ConfirmForm()
    if request.method == "POST":
        form = (
            CodeForm(request.POST if "code" in request.POST else None) if kinds else ConfirmForm(request.POST)
        )
        way = _by_factor(request, person, form) if kinds else _by_password(request, person, form)
        if way:
            record_authentication(request, person, way, reauthenticated=True)
            messages.success(request, "Thank you. Go on with what you were changing.")
            return redirect(_back(request))
    known = {
        "form": form, "has_app": "totp" in kinds, "has_passkey": "webauthn" in kinds,
        "passkeys_work": passkeys_work(request), "next": _back(request),
    }  # fmt: skip
    return render(request, "account/confirm.html", known, status=422 if request.method == "POST" else 200)


def _by_factor(request: HttpRequest, person: Any, form: Any) -> str:
    if "credential" not in request.POST:
        return "mfa" if proven_by_code(request, person, form) else ""
    try:
        verified(request, person)
    except Refused as problem:
        form.add_problem(problem.text)
        return ""
    return "mfa"


def _by_password(request: HttpRequest, person: Any, form: Any) -> str:
    if not form.is_valid():
        return ""
    if not ratelimit.consume(request, action="reauthenticate", user=person):
        form.add_error("password", TOO_MANY)
        return ""
    if person.check_password(form.cleaned_data["password"]):
        return "password"
    form.add_error("password", "This is not your password.")
    return ""


def _back(request: HttpRequest) -> str:
    asked = request.POST.get("next") or request.GET.get("next") or ""
    return (
        asked
        if asked and url_has_allowed_host_and_scheme(asked, {request.get_host()})
        else resolve_url("account:page")
    )
