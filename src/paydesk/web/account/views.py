"""The sign-in screen; on a demo desk it offers the invented people."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.decorators import login_not_required
from allauth.account.utils import passthrough_next_redirect_url
from allauth.account.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils import translation
from django.views.decorators.http import require_POST

from paydesk.foundation.people.queries import demo_sign_ins
from paydesk.kernel.refused import Refused
from paydesk.web.access import declares
from paydesk.web.account.passkeys import passkeys_work
from paydesk.web.language import LANGUAGES, remember


class SignIn(LoginView):  # type: ignore[misc]
    """allauth's sign-in with its limits on failed attempts, in our layout."""

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        form.fields["login"].label = "E-mail"
        form.fields["password"].help_text = ""
        for field in form.fields.values():
            field.widget.attrs.pop("placeholder", None)
        if "remember" in form.fields:
            form.fields["remember"].label = "Stay signed in on this device"
        return form

    def get_context_data(self, **known: Any) -> dict[str, Any]:
        return super().get_context_data(**known) | {
            "demo_people": demo_sign_ins(),
            "passkeys_work": passkeys_work(self.request),
            "languages": LANGUAGES.items(),
            "language_now": translation.get_language(),
        }


@require_POST
@declares("")
@login_not_required
def language(request: HttpRequest) -> HttpResponse:
    """The language of signing in, in this browser; who has chosen one sees their own once signed in."""
    wanted = request.POST.get("language", "")
    if wanted not in LANGUAGES:
        raise Refused("This is no language of the desk.", code="person.language", value=wanted)
    response = redirect(passthrough_next_redirect_url(request, resolve_url("account_login"), "next"))
    remember(response, wanted)
    return response
