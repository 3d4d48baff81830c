"""One's own account: who one is at the desk, what one may do, keys on or off, the password."""

from __future__ import annotations

from typing import Any, cast

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from paydesk.foundation.people.actions import set_keyboard_shortcuts, set_language, set_password
from paydesk.foundation.people.queries import factors_of, recovery_codes_left
from paydesk.kernel.refused import Refused
from paydesk.web.access import actor_of, declares
from paydesk.web.account.forms import PasswordForm
from paydesk.web.account.rights import rights_in_words
from paydesk.web.language import LANGUAGES, language_of, remember


@declares("")
def page(request: HttpRequest) -> HttpResponse:
    """Name, roles, markets, rights in words; keys and password to change."""
    return _page(request, PasswordForm(cast("Any", request.user)))


def _page(request: HttpRequest, form: PasswordForm, status: int = 200) -> HttpResponse:
    person: Any = request.user
    actor_of(request)
    factors = [] if person.is_demo else factors_of(person.pk)
    known = {
        "form": form,
        "languages": LANGUAGES.items(),
        "language_now": language_of(request),
        "groups": rights_in_words(person.role_codes),
        "factors": factors,
        "has_app": any(factor.type == "totp" for factor in factors),
        "codes_left": recovery_codes_left(person.pk) if factors else None,
    }
    return render(request, "account/page.html", known, status=status)


@require_POST
@declares("")
def keys(request: HttpRequest) -> HttpResponse:
    """Single-key shortcuts on or off for oneself, on every device."""
    actor = actor_of(request)
    on = request.POST.get("on") == "1"
    set_keyboard_shortcuts(cast("int", actor.id), on, by=actor, now=timezone.now())
    messages.success(request, _("Single-letter keys are on.") if on else _("Single-letter keys are off."))
    return redirect("account:page")


@require_POST
@declares("")
def language(request: HttpRequest) -> HttpResponse:
    """The language of the screens for oneself, on every device; this browser signs in with it as well."""
    actor, wanted = actor_of(request), request.POST.get("language", "")
    set_language(cast("int", actor.id), wanted, by=actor, now=timezone.now())
    with translation.override(wanted):
        messages.success(request, _("The desk speaks English."))
    response = redirect("account:page")
    remember(response, wanted)
    return response


@sensitive_post_parameters("old", "new", "again")
@require_POST
@declares("")
def password(request: HttpRequest) -> HttpResponse:
    """A new password for whoever knows the one they have; other sessions of theirs end."""
    actor = actor_of(request)
    person: Any = request.user
    if not ratelimit.consume(request, action="change_password", user=person):
        raise Refused("Too many tries. Wait a minute, then try again.", code="person.password_tries")
    form = PasswordForm(person, request.POST)
    if not form.is_valid():
        return _page(request, form, 422)
    try:
        changed = set_password(person.pk, form.cleaned_data["new"], by=actor, now=timezone.now())
    except Refused as problem:
        form.add_error("new", problem.text)
        return _page(request, form, 422)
    update_session_auth_hash(request, changed)
    messages.success(request, "Your password is changed. Your other sessions have ended.")
    return redirect("account:page")
