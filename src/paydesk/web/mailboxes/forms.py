"""What has to be said about a mailbox: its address, and the servers that read and send for it."""

from __future__ import annotations

from typing import Any

from django import forms

from paydesk.domain.cases.texts import LANGUAGES

PLAIN = ("name", "language", "tag", "is_for_complaints", "acknowledges")
OF_SERVERS = ("imap_", "smtp_", "token_", "client_secret", "refresh_token")
TLS = [
    ("tls", "TLS from the start"),
    ("starttls", "STARTTLS"),
    ("none", "none (this machine alone)"),
]
LOGINS = [("password", "password"), ("xoauth2", "token (XOAUTH2, Microsoft and Google)")]


def _secret(label: str) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "off"})
    return forms.CharField(label=label, required=False, max_length=4000, strip=False, widget=widget)


class _Servers(forms.Form):
    """How a mailbox is reached and what becomes of its mail."""

    name = forms.CharField(label="Name they see", max_length=100)
    language = forms.ChoiceField(
        choices=list(LANGUAGES.items()),
        help_text="Of the acknowledgement, and of answers until a case is sorted",
    )
    tag = forms.CharField(
        label="Queue", required=False, max_length=30,
        help_text="A tag on every case that is written here: filter the inbox by it and keep that as a view.",
    )  # fmt: skip
    is_for_complaints = forms.BooleanField(label="What is written here is a complaint", required=False)
    imap_host = forms.CharField(label="IMAP server", max_length=200)
    imap_port = forms.IntegerField(label="IMAP port", initial=993, min_value=1, max_value=65535)
    imap_tls = forms.ChoiceField(label="IMAP encryption", choices=TLS)
    imap_login = forms.ChoiceField(label="IMAP sign-in", choices=LOGINS)
    imap_user = forms.CharField(label="IMAP user", max_length=200)
    imap_secret = _secret("IMAP password")
    smtp_host = forms.CharField(label="SMTP server", max_length=200)
    smtp_port = forms.IntegerField(label="SMTP port", initial=465, min_value=1, max_value=65535)
    smtp_tls = forms.ChoiceField(label="SMTP encryption", choices=TLS)
    smtp_login = forms.ChoiceField(label="SMTP sign-in", choices=LOGINS)
    smtp_user = forms.CharField(label="SMTP user", max_length=200, required=False)
    smtp_secret = _secret("SMTP password")
    token_address = forms.URLField(
        label="Where tokens come from", required=False, assume_scheme="https",
        help_text="For sign-in by token: the token address of Microsoft or Google; the desk renews the token "
        "by itself.",
    )  # fmt: skip
    token_client_id = forms.CharField(label="Client id", required=False, max_length=200)
    token_scope = forms.CharField(label="Scope", required=False, max_length=400)
    client_secret = _secret("Client secret")
    refresh_token = _secret("Refresh token")
    own_servers = forms.CharField(
        label="Names of our own mail servers", required=False, max_length=500,
        help_text="As they sign Authentication-Results, separated by blanks: what they found of a sender is "
        "believed, and a message whose address they found made up moves no case. Empty: nothing is believed.",
    )  # fmt: skip
    acknowledges = forms.BooleanField(
        label="Acknowledge the first message of a case by itself", required=False, initial=True
    )

    def server(self, which: str) -> dict[str, Any]:
        """Host, port, user, encryption and login of "imap" or "smtp", as a mailbox keeps them."""
        data = self.cleaned_data
        return {name: data[f"{which}_{name}"] for name in ("host", "port", "user", "tls", "login")}

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields under their heads, those that are there."""
        heads = {
            "imap_host": "Read (IMAP)", "smtp_host": "Send (SMTP)", "token_address": "Sign-in by token",
            "own_servers": "What is believed and acknowledged",
        }  # fmt: skip
        found: list[tuple[str, list[forms.BoundField]]] = [("The mailbox", [])]
        for field in self:
            if field.name in heads:
                found.append((heads[field.name], []))
            found[-1][1].append(field)
        return found

    @property
    def said(self) -> dict[str, Any]:
        """What the verbs of a mailbox take."""
        data: dict[str, Any] = dict.fromkeys(self.base_fields, "") | self.cleaned_data
        tokens = {each: data[f"token_{each}"] for each in ("address", "client_id", "scope")}
        secrets = ("imap_secret", "smtp_secret", "client_secret", "refresh_token")
        return {
            **{name: data[name] for name in (*PLAIN, *secrets)}, "imap": self.server("imap"),
            "smtp": self.server("smtp"), "tokens": tokens if tokens["address"] else {},
            "own_servers": data["own_servers"].split(),
        }  # fmt: skip


class AddMailbox(_Servers):
    address = forms.EmailField(label="Address people write to")
    market = forms.ChoiceField()
    field_order = ("address", "name", "market")


class ChangeMailbox(_Servers):
    """Secrets are empty where they stay."""

    def __init__(self, *said: Any, box: Any, **known: Any) -> None:
        first = {name: getattr(box, name) for name in PLAIN}
        for which in ("imap", "smtp"):
            first |= {f"{which}_{name}": value for name, value in getattr(box, which).items()}
        first |= {f"token_{name}": value for name, value in box.tokens.items()}
        self.box = box
        super().__init__(*said, initial=first | {"own_servers": " ".join(box.own_servers)}, **known)
        for name in ("imap_secret", "smtp_secret", "client_secret", "refresh_token"):
            self.fields[name].help_text = "Empty: it stays as it is."
        if "folder" in box.imap:
            for name in [each for each in self.fields if each.startswith(OF_SERVERS)]:
                del self.fields[name]

    def server(self, which: str) -> dict[str, Any]:
        """One in a folder of this machine has no servers."""
        kept: dict[str, Any] = getattr(self.box, which)
        return kept if "folder" in kept else super().server(which)
