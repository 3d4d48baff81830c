"""The sign-in screen; on a demo desk it offers the invented people."""

from __future__ import annotations

from typing import Any

from allauth.account.views import LoginView

from paydesk.foundation.people.queries import demo_sign_ins
from paydesk.web.account.passkeys import passkeys_work


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
        }
