"""Mail through the whole pipeline, from the bytes a server hands over: redacted and kept, understood,
threaded, its references resolved, a case or an answer in one, clocks started, acknowledged."""

from __future__ import annotations

import time
from email.message import EmailMessage
from email.utils import format_datetime

from django.utils import timezone

from paydesk.bench.results import Bench, Result
from paydesk.domain.cases.actions import add_mailbox, keep_mail, take_in_all
from paydesk.domain.cases.models import ReceivedMail
from paydesk.kernel.actor import system

BY = system("bench")
MAILS, QUICK_MAILS = 600, 30
ROUND = 50  # that came since the worker looked last
LEAST_A_SECOND = 20


def mails_a_second(bench: Bench) -> Result:
    """Messages a second in one worker; a third of them answer an earlier one, one in ten has a file."""
    server = {"host": "127.0.0.1", "port": 1, "user": "bench", "tls": "none"}
    box = add_mailbox(
        address="help@bench.example", name="Help", market="GH", imap=server, imap_secret="-", smtp=server,
        smtp_secret="-", by=BY, now=timezone.now(),
    )  # fmt: skip
    raws = [_mail(number).as_bytes() for number in range(QUICK_MAILS if bench.quick else MAILS)]
    bench.say(f"{len(raws)} mails come in ...")
    started = time.perf_counter()
    for first in range(0, len(raws), ROUND):
        for raw in raws[first : first + ROUND]:
            now = timezone.now()
            keep_mail(box, raw, received_at=now, by=BY, now=now)
        take_in_all(by=BY, now=timezone.now())
    rate = len(raws) / (time.perf_counter() - started)
    lost = len(raws) - ReceivedMail.objects.filter(mailbox=box, state="in_case").count()
    assert not lost, f"{lost} mails did not get into a case"
    return Result(
        "mail: through the whole pipeline, one worker",
        round(rate, 1),
        "mails/s",
        goal=f">= {LEAST_A_SECOND}",
        holds=rate >= LEAST_A_SECOND,
    )


def _mail(number: int) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = f"Customer {number} <customer{number}@bench.example>"
    mail["To"] = "help@bench.example"
    mail["Date"] = format_datetime(timezone.now())
    mail["Message-ID"] = f"<{number}.mail@bench.example>"
    mail["Subject"] = f"Payment {number} is missing"
    if number % 3 == 2:
        mail.replace_header("From", f"Customer {number - 1} <customer{number - 1}@bench.example>")
        mail["In-Reply-To"] = f"<{number - 1}.mail@bench.example>"
    words = f"I paid 25.00 into account 1{1 + number % 400:08d} on Monday, reference BENCH{number:06d}."
    mail.set_content(f"Hello,\n\n{words}\nPlease look where it is.\n\nThank you\n")
    mail.add_alternative(f"<p>Hello,</p><p>{words}<br>Please look where it is.</p>", subtype="html")
    if number % 10 == 0:
        mail.add_attachment(
            b"%PDF-1.4\n" + b"0" * 20_000, maintype="application", subtype="pdf", filename="slip.pdf"
        )
    return mail
