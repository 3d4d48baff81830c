"""What has to be said about a mailbox: its address, and the servers that read and send for it."""

from __future__ import annotations

from typing import Any

from django import forms

TLS = [
    ("tls", "TLS from the start"),
    ("starttls", "STARTTLS"),
    ("none", "none (this machine alone)"),
]
LOGINS = [("password", "password"), ("xoauth2", "token (XOAUTH2, Microsoft and Google)")]


def _secret(label: str) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "off"})
    return forms.CharField(label=label, required=False, max_length=4000, strip=False, widget=widget)


class AddMailbox(forms.Form):
    address = forms.EmailField(label="Address people write to")
    name = forms.CharField(label="Name they see", max_length=100)
    market = forms.ChoiceField()
    imap_host = forms.CharField(label="IMAP server", max_length=200)
    imap_port = forms.IntegerField(label="IMAP port", initial=993, min_value=1, max_value=65535)
    imap_tls = forms.ChoiceField(label="IMAP encryption", choices=TLS)
    imap_login = forms.ChoiceField(label="IMAP sign-in", choices=LOGINS)
    imap_user = forms.CharField(label="IMAP user", max_length=200)
    imap_secret = _secret("IMAP password or token")
    smtp_host = forms.CharField(label="SMTP server", max_length=200)
    smtp_port = forms.IntegerField(label="SMTP port", initial=465, min_value=1, max_value=65535)
    smtp_tls = forms.ChoiceField(label="SMTP encryption", choices=TLS)
    smtp_login = forms.ChoiceField(label="SMTP sign-in", choices=LOGINS)
    smtp_user = forms.CharField(label="SMTP user", max_length=200, required=False)
    smtp_secret = _secret("SMTP password or token")
    own_servers = forms.CharField(
        label="Names of our own mail servers", required=False, max_length=500,
        help_text="As they sign Authentication-Results, separated by blanks; empty: nothing is believed.",
    )  # fmt: skip
    acknowledges = forms.BooleanField(
        label="Acknowledge the first message of a case by itself", required=False, initial=True
    )

    def server(self, which: str) -> dict[str, Any]:
        """Host, port, user, encryption and login of "imap" or "smtp", as a mailbox keeps them."""
        data = self.cleaned_data
        return {name: data[f"{which}_{name}"] for name in ("host", "port", "user", "tls", "login")}
