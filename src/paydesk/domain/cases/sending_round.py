"""One round of sending mail: a connection per mailbox, opened when it is first needed and used for all."""

from __future__ import annotations

from contextlib import ExitStack
from types import TracebackType

from paydesk.connectors.mail.local import LocalMail
from paydesk.connectors.mail.sending import Sender
from paydesk.connectors.mail.servers import MailServerError
from paydesk.connectors.mail.writing import OutboundMail, recipients_of, write_mail
from paydesk.domain.cases import mailing
from paydesk.domain.cases.models import Case, Mailbox


class SendingRound:
    """Hands messages over while it is used as a context; each has its own faults.

    A server that could not be reached is not tried again for the next message of the round: each gets the
    same answer. A connection that a server ended meanwhile, after so many messages, is opened anew.
    """

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._boxes: list[Mailbox] | None = None
        self._open: dict[int, Sender | LocalMail] = {}
        self._unreached: dict[int, MailServerError] = {}

    def __enter__(self) -> SendingRound:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def box_of(self, case: Case) -> Mailbox | None:
        """The mailbox a case was written to while it is in use, else the first of its market; asked once."""
        if self._boxes is None:
            self._boxes = list(Mailbox.objects.filter(is_active=True).order_by("pk"))
        found = [box for box in self._boxes if box.market == case.market]
        return next((box for box in found if box.pk == case.mailbox_id), found[0] if found else None)

    def send(self, box: Mailbox, mail: OutboundMail) -> None:
        """Raises MailServerError as `Sender.send` does, MailRefused for what is no mail."""
        raw, recipients = write_mail(mail), recipients_of(mail)
        known = self._open.get(box.pk)
        sender = known or self._opened(box)
        try:
            sender.send(raw, envelope_from=box.address, recipients=recipients)
        except MailServerError as problem:
            if sender.is_open:
                raise
            del self._open[box.pk]
            if known is None or problem.unknown:
                raise
            self._opened(box).send(raw, envelope_from=box.address, recipients=recipients)

    def _opened(self, box: Mailbox) -> Sender | LocalMail:
        if (before := self._unreached.get(box.pk)) is not None:
            raise MailServerError(before.text, temporary=before.temporary)
        try:
            self._open[box.pk] = self._stack.enter_context(mailing.sending(box))
        except MailServerError as problem:
            self._unreached[box.pk] = problem
            raise
        return self._open[box.pk]
