"""Mail of the demo company's morning that needs a look: of machines, with a card in a photo, of nobody known.

People, words and addresses are invented; the photo is a plain picture in the shape of a card.
"""

from __future__ import annotations

import struct
import zlib
from datetime import datetime, timedelta
from email.message import EmailMessage

from paydesk.domain.cases.actions import keep_mail, take_in
from paydesk.domain.cases.models import Mailbox
from paydesk.kernel.actor import system

WORKER = system("worker")
OWN_SERVER = "mx.demo.example"


def mail_to_look_at(market: str, at: datetime) -> int:
    """Five mails to the mailbox of a market, taken in; returns how many led to no case."""
    box = Mailbox.objects.filter(market=market).order_by("pk").first()
    if box is None:
        return 0
    Mailbox.objects.filter(pk=box.pk).update(own_servers=[OWN_SERVER])
    left = 0
    for n, mail in enumerate(_mails(box.address)):
        heard = at + timedelta(minutes=n)
        mail["Message-ID"] = f"<look-{n}@mail.example>"
        received = keep_mail(box, bytes(mail), received_at=heard, by=WORKER, now=heard)
        left += take_in(received.pk, by=WORKER, now=heard).case is None
    return left


def _mails(to: str) -> list[EmailMessage]:
    away = _mail("yaw.darko@mail.example", to, "Automatic reply: Your payment", "I am away until Monday.")
    away["Auto-Submitted"] = "auto-replied"
    news = _mail("news@wallets.example", to, "Our new prices", "From next month sending costs less.")
    news["Auto-Submitted"] = "auto-generated"
    lost = _mail("mailer-daemon@mail.example", to, "Undelivered Mail Returned to Sender", "No such user.")
    lost["Auto-Submitted"] = "auto-replied"
    card = _mail("efua.boateng@mail.example", to, "My card was charged", "The card you charged twice.")
    card.add_attachment(_card_shaped(), maintype="image", subtype="png", filename="front.png")
    forged = _mail("kofi.owusu@mail.example", to, "Change my number", "Send my refund to 0244 000 999.")
    found = "spf=fail; dkim=none; dmarc=fail header.from=mail.example"
    forged["Authentication-Results"] = f"{OWN_SERVER}; {found}"
    return [away, news, lost, card, forged]


def _mail(sender: str, to: str, subject: str, text: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail.set_content(text)
    return mail


def _card_shaped() -> bytes:
    """A PNG of one colour, 856 x 540."""
    wide, high = 856, 540

    def part(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + b"\x4a\x6f\xa5" * wide) * high
    head = struct.pack(">IIBBBBB", wide, high, 8, 2, 0, 0, 0)
    body = part(b"IHDR", head) + part(b"IDAT", zlib.compress(rows)) + part(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body
