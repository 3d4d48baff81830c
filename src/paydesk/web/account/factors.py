"""One's own second factors: an authenticator app, passkeys, recovery codes; and one's other sessions."""

from __future__ import annotations

from typing import Any

from allauth.mfa.webauthn.internal import auth
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from paydesk.foundation.people.actions import (
    remove_second_factor,
    renew_recovery_codes,
    sign_out_everywhere,
)
from paydesk.web.access import actor_of, declares
from paydesk.web.account.confirming import confirmed_recently
from paydesk.web.account.forms import CodeForm
from paydesk.web.account.passkeys import passkeys_work
from paydesk.web.account.second_step import keep_app, keep_passkey, new_app


@sensitive_post_parameters("code")
@never_cache
@declares("")
@confirmed_recently
def app(request: HttpRequest) -> HttpResponse:
    """Set up an authenticator app: scan, type the code it shows."""
    person: Any = request.user
    form = CodeForm(request.POST if request.method == "POST" else None)
    codes = keep_app(request, person, form) if request.method == "POST" else None
    if codes is not None:
        return _added(request, codes, "Your authenticator app is set up.")
    known = {"form": form, "new_app": new_app(request, person)}
    return render(request, "account/app.html", known, status=422 if form.is_bound else 200)


@sensitive_post_parameters("credential")
@never_cache
@declares("")
@confirmed_recently
def passkey(request: HttpRequest) -> HttpResponse:
    """Make a passkey on this device or on a security key, and name it."""
    person: Any = request.user
    form = CodeForm()
    codes = keep_passkey(request, person, form) if request.method == "POST" else None
    if codes is not None:
        return _added(request, codes, "Your passkey is kept.")
    known = {"form": form, "passkeys_work": passkeys_work(request)}
    return render(request, "account/passkey.html", known, status=422 if request.method == "POST" else 200)


@require_POST
@never_cache
@declares("")
def passkey_ask(request: HttpRequest) -> HttpResponseBase:
    """What the browser needs to make a passkey for the one who is signed in, or just setting theirs up."""
    return JsonResponse(auth.begin_registration(request.user, True))


@require_POST
@never_cache
@declares("")
@confirmed_recently
def codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes; the old ones stop working."""
    person: Any = request.user
    fresh = renew_recovery_codes(person.pk, by=actor_of(request), now=timezone.now())
    return render(request, "account/own_codes.html", {"codes": fresh})


@require_POST
@declares("")
@confirmed_recently
def remove(request: HttpRequest, factor_id: int) -> HttpResponseBase:
    """Take an app or a passkey away; the last one stays."""
    person: Any = request.user
    remove_second_factor(person.pk, factor_id, by=actor_of(request), now=timezone.now())
    messages.success(request, "It is removed and opens nothing any more.")
    return redirect("account:page")


@require_POST
@declares("")
def sign_out_elsewhere(request: HttpRequest) -> HttpResponseBase:
    """End every session of one's own but this one."""
    person: Any = request.user
    changed = sign_out_everywhere(person.pk, by=actor_of(request), now=timezone.now())
    update_session_auth_hash(request, changed)
    messages.success(request, "Your other sessions have ended.")
    return redirect("account:page")


def _added(request: HttpRequest, codes: list[str], words: str) -> HttpResponse:
    if codes:
        return render(request, "account/own_codes.html", {"codes": codes, "words": words})
    messages.success(request, words)
    return redirect("account:page")
