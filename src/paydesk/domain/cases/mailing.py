"""A mailbox as mail programs see it: its servers, our signature, the thread of a case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.crypto import salted_hmac

from paydesk.connectors.mail.fetching import Mailbox as Folder
from paydesk.connectors.mail.local import LocalMail
from paydesk.connectors.mail.messages import Address
from paydesk.connectors.mail.sending import Sender
from paydesk.connectors.mail.servers import MailServerError, Server
from paydesk.connectors.mail.signing import Signer
from paydesk.connectors.mail.writing import OutboundFile, OutboundMail, thread_fields
from paydesk.domain.cases.models import Case, Mailbox, Message, SideMessage
from paydesk.domain.cases.queries import code
from paydesk.domain.cases.said_in import said_in
from paydesk.domain.cases.steps import REUSED
from paydesk.domain.cases.tokens import access_token_of
from paydesk.foundation.documents.queries import content_of
from paydesk.foundation.people.sealed_text import UnreadableError, seal, unseal
from paydesk.kernel.public_codes import code_of

PURPOSE = "mailbox"
# In every language the desk answers in.
ACKNOWLEDGEMENTS = {
    "en": (
        "We have your message and look into it. Your case has the number {code}; you can answer this mail to "
        "add to it. We never ask for your PIN or the number of your card."
    ),
    "fr": (
        "Nous avons reçu votre message et nous nous en occupons. Votre dossier porte le numéro {code} ; "
        "répondez à ce courriel pour le compléter. Nous ne demandons jamais votre code PIN ni le numéro de "
        "votre carte."
    ),
    "sw": (
        "Tumepokea ujumbe wako na tunaushughulikia. Kesi yako ina namba {code}; jibu barua pepe hii ili "
        "kuongeza taarifa. Hatuombi kamwe PIN yako wala namba ya kadi yako."
    ),
    "pt": (
        "Recebemos a sua mensagem e estamos a tratar dela. O seu caso tem o número {code}; responda a este "
        "e-mail para acrescentar algo. Nunca pedimos o seu PIN nem o número do seu cartão."
    ),
}


def salt() -> bytes:
    """What the hash of a message as it came is salted with."""
    return salted_hmac("paydesk.mail", "salt", algorithm="sha256").digest()


def signer() -> Signer:
    """Makes and checks our ids, addresses and markers; keys of before still count."""
    keys = [
        salted_hmac("paydesk.mail", "sign", secret=key, algorithm="sha256").digest()
        for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    ]
    return Signer(keys[0], tuple(keys[1:]))


def side_signer() -> Signer:
    """As `signer`, for side conversations: an address of one never leads into the thread of a customer."""
    keys = [
        salted_hmac("paydesk.mail", "side", secret=key, algorithm="sha256").digest()
        for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    ]
    return Signer(keys[0], tuple(keys[1:]))


def side_mail_of(message: SideMessage, mailbox: Mailbox, now: datetime) -> OutboundMail:
    """A question aside as it goes out: its own thread, its own address to answer to; one query."""
    side, sign = message.side, side_signer()
    said = SideMessage.objects.filter(side=side).exclude(external_id="").order_by("at", "id")
    ids = list(said.values_list("external_id", "direction"))
    last = next((known for known, direction in reversed(ids) if direction == "in"), "")
    in_reply_to, references = thread_fields([known for known, _ in ids], last)
    domain = mailbox.address.rpartition("@")[2]
    return OutboundMail(
        from_address=Address(mailbox.name, mailbox.address),
        to=(Address("", side.address),),
        subject=f"{side.subject} [{code_of('SID', side.pk)}]",
        text=message.text,
        message_id=sign.message_id(side.pk, message.pk, domain),
        sent_at=now,
        reply_to=Address(mailbox.name, sign.reply_address(mailbox.address, side.pk)),
        in_reply_to=in_reply_to,
        references=references,
        marker=sign.marker(side.pk, message.pk),
    )


def sealed(secret: str) -> str:
    return seal(secret, PURPOSE)


def server_of(said: Mapping[str, Any], secret: str) -> Server:
    """`said` is host, port, user, tls, login and ca_file as a mailbox keeps them. Raises MailServerError."""
    try:
        return Server(**said, secret=unseal(secret, PURPOSE) if secret else "")
    except UnreadableError:
        raise MailServerError(
            "Its secret was sealed under another secret key of the desk: give the desk that key as well.",
            temporary=True,
        ) from None


def reading(mailbox: Mailbox) -> Folder | LocalMail:
    """Where its mail is read: a folder of an account at a server, or one of this machine."""
    if (local := local_mail(mailbox.imap)) is not None:
        return local
    return Folder(server_of(mailbox.imap, _secret(mailbox, mailbox.imap, mailbox.imap_secret)))


def sending(mailbox: Mailbox) -> Sender | LocalMail:
    """What its mail is handed to."""
    if (local := local_mail(mailbox.smtp)) is not None:
        return local
    return Sender(server_of(mailbox.smtp, _secret(mailbox, mailbox.smtp, mailbox.smtp_secret)))


def _secret(mailbox: Mailbox, said: Mapping[str, Any], typed: str) -> str:
    """What one signs in with, sealed: what was typed, or an access token that is asked for when it ends."""
    has_tokens = said.get("login") == "xoauth2" and bool(mailbox.tokens.get("address"))
    return access_token_of(mailbox) if has_tokens else typed


def local_mail(said: Mapping[str, Any]) -> LocalMail | None:
    """The folder below POST_FOLDER that a mailbox without servers names; None where it has servers."""
    if "folder" not in said:
        return None
    return LocalMail(Path(settings.POST_FOLDER) / Path(said["folder"]).name)


def mail_of(message: Message, mailbox: Mailbox, now: datetime) -> OutboundMail:
    """A message of ours as it goes out, in the thread of its case, with its files."""
    case = message.case
    sign = signer()
    said = (
        Message.objects.filter(said_in(case.pk), channel="email").exclude(external_id="").order_by("at", "id")
    )
    ids = [(known.partition(REUSED)[0], way) for known, way in said.values_list("external_id", "direction")]
    last = next((known for known, direction in reversed(ids) if direction == "in"), "")
    in_reply_to, references = thread_fields([known for known, _ in ids], last)
    domain = mailbox.address.rpartition("@")[2]
    return OutboundMail(
        from_address=Address(mailbox.name, mailbox.address),
        to=tuple(Address(case.contact_name, each) for each in message.recipients),
        subject=_subject(case),
        text=message.text,
        message_id=sign.message_id(case.pk, message.pk, domain),
        sent_at=now,
        reply_to=Address(mailbox.name, sign.reply_address(mailbox.address, case.pk)),
        in_reply_to=in_reply_to,
        references=references,
        marker=sign.marker(case.pk, message.pk),
        automatic="auto-replied" if message.is_automatic else "",
        files=files_of(message),
    )


def files_of(message: Message) -> tuple[OutboundFile, ...]:
    """The files that go with a message, read from where documents are kept."""
    return tuple(
        OutboundFile(each.name, each.content_type, content_of(each.document_id))
        for each in message.attachments.order_by("pk")
    )


def _subject(case: Case) -> str:
    subject = " ".join(case.subject.split())
    begun = subject if subject[:3].lower() == "re:" else f"Re: {subject}"
    return f"{begun} [#{code(case)}]"


def acknowledgement(case: Case) -> str:
    """The words of the automatic answer, in the language of the case."""
    return ACKNOWLEDGEMENTS.get(case.language, ACKNOWLEDGEMENTS["en"]).format(code=code(case))
