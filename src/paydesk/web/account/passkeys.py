"""Passkeys: what the browser is asked, and its answers checked. The page's part is js/passkeys.js."""

from __future__ import annotations

import ipaddress
import json
from typing import Any

from allauth.account.internal.decorators import login_not_required
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.internal.stagekit import unstash_login
from allauth.account.models import Login
from allauth.core.internal import ratelimit
from allauth.mfa.webauthn.internal import auth
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from paydesk.foundation.people.actions import use_passkey
from paydesk.kernel.refused import Refused
from paydesk.web.access import declares

# What checking an answer raises for one that no browser gives: the library reads it before it is understood.
MISSHAPEN = (ValidationError, LookupError, TypeError, ValueError, AttributeError)
NOT_SHOWN = "The passkey was not accepted. Try again, or sign in another way."


@require_POST
@declares("")
@never_cache
@login_not_required
def ask(request: HttpRequest) -> JsonResponse:
    """What a passkey must sign: for whoever gave a password already, or for anybody who has one."""
    login = None if request.user.is_authenticated else unstash_login(request, peek=True)
    person: Any = request.user if request.user.is_authenticated else login.user if login else None
    return JsonResponse(auth.begin_authentication(person))


@sensitive_post_parameters("credential")
@require_POST
@declares("")
@never_cache
@login_not_required
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """Sign in with a passkey alone: it is held by the person and asks for their finger, face or PIN."""
    if not ratelimit.consume(request, app="allauth.mfa", action="webauthn_login"):
        raise Refused("Too many tries. Wait a minute, then try again.", code="passkey.tries")
    credential = _sent(request)
    try:
        auth.parse_authentication_response(credential)
        person = auth.extract_user_from_response(credential)
        factor = auth.complete_authentication(person, credential)
    except MISSHAPEN:
        raise Refused(NOT_SHOWN, code="passkey.refused") from None
    use_passkey(person.pk, factor.pk, by=person.actor(), now=timezone.now())
    record_authentication(request, person, "mfa", id=factor.pk, type=factor.type, passwordless=True)
    return perform_login(request, Login(user=person, redirect_url=None))  # type: ignore[no-any-return]


def verified(request: HttpRequest, person: Any) -> Any:
    """The passkey of `person` that signed. Raises Refused where it is not theirs or the answer is stale."""
    credential = checked_answer(request)
    try:
        factor = auth.complete_authentication(person, credential)
    except MISSHAPEN:
        raise Refused(NOT_SHOWN, code="passkey.refused") from None
    use_passkey(person.pk, factor.pk, by=person.actor(), now=timezone.now())
    return factor


def checked_answer(request: HttpRequest) -> dict[str, Any]:
    """The browser's answer in the form of one; what it signed is not checked yet."""
    credential = _sent(request)
    try:
        auth.parse_authentication_response(credential)
    except MISSHAPEN:
        raise Refused(NOT_SHOWN, code="passkey.refused") from None
    return credential


def checked_registration(request: HttpRequest) -> dict[str, Any]:
    """A new passkey, its answer to our question checked. Raises Refused for anything else."""
    credential = _sent(request)
    try:
        auth.parse_registration_response(credential)
        binding = auth.complete_registration(credential)
    except MISSHAPEN:
        raise Refused("The passkey was not made. Try again.", code="passkey.refused") from None
    if not binding.is_user_verified():
        raise Refused(
            "This key did not ask for a finger, a face or a PIN. Set one on it first.", code="passkey.pin"
        )
    return credential


def passkeys_work(request: HttpRequest) -> bool:
    """Passkeys belong to a name over https, or to localhost; browsers make none for a bare address."""
    host = request.get_host().rpartition(":")[0] or request.get_host()
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        by_proxy = f"https://{request.get_host()}" in settings.CSRF_TRUSTED_ORIGINS
        return request.is_secure() or by_proxy or host == "localhost" or host.endswith(".localhost")
    return False


def _sent(request: HttpRequest) -> dict[str, Any]:
    try:
        credential = json.loads(request.POST.get("credential", ""))
    except ValueError:
        credential = None
    if not isinstance(credential, dict):
        raise Refused(NOT_SHOWN, code="passkey.refused")
    return credential
