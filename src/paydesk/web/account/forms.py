"""The forms of one's own account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

if TYPE_CHECKING:
    from paydesk.foundation.people.models import Person


class PasswordForm(forms.Form):
    """The password one has, and the new one twice; what makes a good one is checked by the verb."""

    old = forms.CharField(
        label="Password now",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        strip=False,
    )
    new = forms.CharField(
        label="New password", help_text="At least twelve characters, and not a common one.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), strip=False,
    )  # fmt: skip
    again = forms.CharField(
        label="New password again",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
    )

    def __init__(self, person: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if "old" in said and not self.person.check_password(said["old"]):
            self.add_error("old", "This is not your password now.")
        if "new" in said and "again" in said and said["new"] != said["again"]:
            self.add_error("again", "The two new passwords differ.")
        return said


class CodeForm(forms.Form):
    """Six digits of an authenticator app, or a recovery code."""

    code = forms.CharField(
        label="Code",
        max_length=20,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "autofocus": True,
                "spellcheck": "false",
            }
        ),
    )
    problem = ""

    def add_problem(self, text: str) -> None:
        """Something about the form as a whole, also where nothing was typed into it."""
        self.problem = text


class ConfirmForm(forms.Form):
    """The password again, of whoever has no second factor."""

    password = forms.CharField(
        label="Your password",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
        strip=False,
    )
    problem = ""
