"""A message of ours as bytes: text beside HTML, thread fields, signed ids, the signs of an automatic one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape
from typing import Literal

from paydesk.connectors.mail.html_text import text_of_html
from paydesk.connectors.mail.messages import Address
from paydesk.kernel.refused import Refused

Automatic = Literal["", "auto-replied", "auto-generated"]
_LATEST_REFERENCES = 10
_LINE_BREAK = re.compile(r"[\r\n\x00]")
_POLICY = policy.SMTP.clone(max_line_length=78)
_ADDRESS = re.compile(r"[^@\s<>,;:\"()\[\]\\]+@[^@\s<>,;:\"()\[\]\\]+\.[^@\s<>,;:\"()\[\]\\]+")


class MailRefused(Refused):
    """A message that cannot be sent as it is: no recipient, an address that is none, a broken field."""

    code = "mail.refused"


@dataclass(frozen=True, slots=True)
class OutboundFile:
    """A file that goes along; with a content id it is a picture of the HTML."""

    name: str
    content_type: str
    data: bytes
    content_id: str = ""


@dataclass(frozen=True, slots=True)
class OutboundMail:
    """What is to be sent. `message_id` and `reply_to` come from the brand's `Signer`."""

    from_address: Address
    to: tuple[Address, ...]
    subject: str
    text: str
    message_id: str
    sent_at: datetime
    html: str = ""
    cc: tuple[Address, ...] = ()
    reply_to: Address | None = None
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    marker: str = ""
    automatic: Automatic = ""
    files: tuple[OutboundFile, ...] = ()


def thread_fields(ids: Sequence[str], last_of_customer: str) -> tuple[str, tuple[str, ...]]:
    """(In-Reply-To, References) for a thread whose Message-IDs, oldest first, are `ids`.

    In-Reply-To is the customer's latest message; References the first of the thread and the last ten.
    """
    known = list(dict.fromkeys(each for each in ids if each))
    if last_of_customer and last_of_customer not in known:
        known.append(last_of_customer)
    if len(known) > _LATEST_REFERENCES + 1:
        known = [known[0], *known[-_LATEST_REFERENCES:]]
    return last_of_customer, tuple(known)


def quoted(text: str, *, written_by: str, at: datetime) -> str:
    """An earlier message below an answer, for brands that send the history along."""
    lines = [f">{line}" if line[:1] == ">" else f"> {line}".rstrip() for line in text.split("\n")]
    return "\n".join([f"On {at:%d %b %Y at %H:%M} UTC, {written_by} wrote:", *lines])


def write_mail(mail: OutboundMail) -> bytes:
    """The message as bytes with CRLF, plain text always beside HTML.

    An automatic one says so (Auto-Submitted, X-Auto-Response-Suppress: All), so that no machine answers it.
    Raises MailRefused if there is nobody to send it to, an address is none, or a field holds a line break.
    """
    _check(mail)
    message = EmailMessage(policy=_POLICY)
    message["From"] = _shown(mail.from_address)
    message["To"] = [_shown(each) for each in mail.to]
    if mail.cc:
        message["Cc"] = [_shown(each) for each in mail.cc]
    if mail.reply_to:
        message["Reply-To"] = _shown(mail.reply_to)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.sent_at)
    message["Message-ID"] = mail.message_id
    if mail.in_reply_to:
        message["In-Reply-To"] = mail.in_reply_to
    if mail.references:
        message["References"] = " ".join(mail.references)
    if mail.automatic:
        message["Auto-Submitted"] = mail.automatic
        message["X-Auto-Response-Suppress"] = "All"
    text, html = _bodies(mail)
    message.set_content(text, cte=_encoding(text))
    if html:
        message.add_alternative(html, "html", cte="quoted-printable")
        page = message.get_payload()[-1]  # type: ignore[index]
        for file in (each for each in mail.files if each.content_id):
            maintype, _, subtype = file.content_type.partition("/")
            page.add_related(  # type: ignore[union-attr]
                file.data,
                maintype,
                subtype,
                cid=f"<{file.content_id}>",
                filename=file.name,
                disposition="inline",
            )
    for file in mail.files:
        if not (file.content_id and html):
            maintype, _, subtype = file.content_type.partition("/")
            message.add_attachment(file.data, maintype, subtype or "octet-stream", filename=file.name)
    return message.as_bytes()


def recipients_of(mail: OutboundMail) -> tuple[str, ...]:
    """Whom the envelope names, each once."""
    return tuple(dict.fromkeys(_shown(each).addr_spec for each in (*mail.to, *mail.cc)))


def _bodies(mail: OutboundMail) -> tuple[str, str]:
    text, html = mail.text, mail.html
    if html and not text.strip():
        text = text_of_html(html)
    if mail.marker:
        text = f"{text.rstrip()}\n\n{mail.marker}\n"
        html = f'{html}\n<p style="color:#767676">{escape(mail.marker)}</p>' if html else ""
    if html and "<html" not in html[:500].lower():
        html = f"<!doctype html>\n<html><body>\n{html}\n</body></html>\n"
    return text, html


def _encoding(text: str) -> str:
    plain = text.isascii() and all(len(line) <= 78 for line in text.split("\n"))
    return "7bit" if plain else "quoted-printable"


def _shown(address: Address) -> HeaderAddress:
    local, _, domain = address.address.rpartition("@")
    return HeaderAddress(address.name, local, domain.encode("idna").decode("ascii"))


def _is_address(address: str) -> bool:
    local, _, domain = address.rpartition("@")
    try:
        return _ADDRESS.fullmatch(address) is not None and local.isascii() and bool(domain.encode("idna"))
    except UnicodeError:
        return False


def _check(mail: OutboundMail) -> None:
    if not mail.to:
        raise MailRefused("Nobody to send this to: name at least one recipient.", code="mail.no_recipient")
    for each in (mail.from_address, *mail.to, *mail.cc, *((mail.reply_to,) if mail.reply_to else ())):
        if not _is_address(each.address) or _LINE_BREAK.search(each.name):
            raise MailRefused(
                f"{each.address[:80]} is no mail address: correct it, or take it out.",
                code="mail.address",
                address=each.address,
            )
    ids = (mail.message_id, mail.in_reply_to, *mail.references)
    for name, value in (("subject", mail.subject), *(("Message-ID", each) for each in ids)):
        if _LINE_BREAK.search(value):
            raise MailRefused(f"The {name} holds a line break: write it in one line.", code="mail.line_break")
    if not (mail.text.strip() or mail.html.strip()):
        raise MailRefused("The message is empty: write something first.", code="mail.empty")
