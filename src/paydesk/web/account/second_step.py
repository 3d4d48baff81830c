"""The second step of signing in: a code or a passkey; or, for whoever has none yet, setting one up."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.flows.login import record_authentication
from allauth.core import ratelimit
from allauth.mfa.adapter import get_adapter
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.mfa.webauthn.internal import auth
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from paydesk.foundation.people.actions import add_authenticator_app, add_passkey, enter_code
from paydesk.foundation.people.queries import factors_of, has_second_factor
from paydesk.foundation.people.sign_in import SetUpStage
from paydesk.kernel.refused import Refused
from paydesk.web.access import declares
from paydesk.web.account.forms import CodeForm
from paydesk.web.account.passkeys import checked_registration, passkeys_work, verified

SECRET_KEY = "second_factor.secret"  # noqa: S105  # the name under which a session holds it
TOO_MANY = "Too many tries. Wait five minutes, then try again."


@dataclass(frozen=True, slots=True)
class NewApp:
    """What an authenticator app needs to be set up: the picture it scans, or the letters to type."""

    picture: str
    letters: str


@sensitive_post_parameters("code", "credential")
@declares("")
@login_stage_required(stage=AuthenticateStage.key, redirect_urlname="account_login")
def enter(request: HttpRequest) -> HttpResponseBase:
    """The code of the app, a recovery code or a passkey; then the sign-in goes on."""
    stage: Any = request._login_stage  # type: ignore[attr-defined]
    person = stage.login.user
    form = CodeForm(request.POST if "code" in request.POST else None)
    if request.method == "POST":
        proven = _proven(request, person, form)
        if proven is not None:
            record_authentication(request, person, "mfa", id=proven.pk, type=proven.type)
            return stage.exit()  # type: ignore[no-any-return]
    kinds = {factor.type for factor in factors_of(person.pk)}
    known = {
        "form": form, "signing_in": person, "has_app": "totp" in kinds,
        "has_passkey": "webauthn" in kinds, "passkeys_work": passkeys_work(request),
    }  # fmt: skip
    return render(request, "account/enter_code.html", known, status=422 if form.is_bound else 200)


def _proven(request: HttpRequest, person: Any, form: CodeForm) -> Any:
    """The factor that was shown; None with the problem in `form`."""
    if "credential" in request.POST:
        try:
            return verified(request, person)
        except Refused as problem:
            form.add_problem(problem.text)
            return None
    return proven_by_code(request, person, form)


def proven_by_code(request: HttpRequest, person: Any, form: CodeForm) -> Any:
    """The factor whose code was typed; None with the problem in `form`. Five wrong codes, then a wait."""
    if not form.is_valid():
        return None
    key = f"mfa-auth-user-{person.pk}"
    if not ratelimit.consume(request, action="login_failed", key=key):
        form.add_error("code", TOO_MANY)
        return None
    try:
        found = enter_code(person.pk, form.cleaned_data["code"], by=person.actor(), now=timezone.now())
    except Refused as problem:
        form.add_error("code", problem.text)
        return None
    if found is None:
        form.add_error("code", "This code is not right, or was used already. Type the one the app shows now.")
        return None
    ratelimit.clear(request, action="login_failed", key=key)
    return found


@sensitive_post_parameters("code", "credential")
@declares("")
@login_stage_required(stage=SetUpStage.key, redirect_urlname="account_login")
def set_up(request: HttpRequest) -> HttpResponseBase:
    """The first sign-in: an app or a passkey is set up, then the recovery codes are shown once."""
    person = request._login_stage.login.user  # type: ignore[attr-defined]
    if has_second_factor(person.pk):
        return render(request, "account/codes.html", {"signing_in": person, "codes": []})
    form = CodeForm(request.POST if "code" in request.POST else None)
    codes = None
    if request.method == "POST":
        codes = (
            keep_passkey(request, person, form)
            if "credential" in request.POST
            else keep_app(request, person, form)
        )
    if codes is not None:
        return render(request, "account/codes.html", {"signing_in": person, "codes": codes})
    known = {
        "form": form, "signing_in": person, "new_app": new_app(request, person),
        "passkeys_work": passkeys_work(request),
    }  # fmt: skip
    return render(request, "account/set_up.html", known, status=422 if form.is_bound else 200)


@require_POST
@declares("")
@login_stage_required(stage=SetUpStage.key, redirect_urlname="account_login")
def set_up_ask(request: HttpRequest) -> JsonResponse:
    """What the browser needs to make a passkey for whoever is setting up their first factor."""
    person = request._login_stage.login.user  # type: ignore[attr-defined]
    return JsonResponse(auth.begin_registration(person, True))


@require_POST
@declares("")
@login_stage_required(stage=SetUpStage.key, redirect_urlname="account_login")
def go_on(request: HttpRequest) -> HttpResponseBase:
    """The recovery codes are kept: the sign-in ends."""
    stage: Any = request._login_stage  # type: ignore[attr-defined]
    factors = factors_of(stage.login.user.pk)
    if not factors:
        return redirect("second_factor_set_up")
    record_authentication(request, stage.login.user, "mfa", id=factors[0].pk, type=factors[0].type)
    return stage.exit()  # type: ignore[no-any-return]


def new_app(request: HttpRequest, person: Any) -> NewApp:
    """The app to be set up, the same until it is; its secret waits in the session."""
    secret = request.session.get(SECRET_KEY)
    if not secret:
        secret = request.session[SECRET_KEY] = generate_totp_secret()
    adapter = get_adapter()
    svg = adapter.build_totp_svg(adapter.build_totp_url(person, secret))
    picture = "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode("ascii")
    return NewApp(picture, " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)))


def keep_app(request: HttpRequest, person: Any, form: CodeForm) -> list[str] | None:
    """Set the app up; the recovery codes to show, None with the problem in `form`."""
    secret = request.session.get(SECRET_KEY)
    if not form.is_valid() or not secret:
        return None
    key = f"mfa-auth-user-{person.pk}"
    if not ratelimit.consume(request, action="login_failed", key=key):
        form.add_error("code", TOO_MANY)
        return None
    code = form.cleaned_data["code"]
    try:
        codes = add_authenticator_app(person.pk, secret, code, by=person.actor(), now=timezone.now())
    except Refused as problem:
        form.add_error("code", problem.text)
        return None
    ratelimit.clear(request, action="login_failed", key=key)
    del request.session[SECRET_KEY]
    return codes


def keep_passkey(request: HttpRequest, person: Any, form: CodeForm) -> list[str] | None:
    """Keep the passkey the browser made; as `keep_app`."""
    try:
        credential = checked_registration(request)
        name = request.POST.get("name", "")
        return add_passkey(person.pk, name, credential, by=person.actor(), now=timezone.now())
    except Refused as problem:
        form.add_problem(problem.text)
        return None
