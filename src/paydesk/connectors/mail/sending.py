"""Mail handed over by SMTP: what became of each recipient, and whether trying again can help."""

from __future__ import annotations

import re
import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType

from paydesk.connectors.mail.servers import MailServerError, Server, reaching_failed

GOES_AWAY = 421  # RFC 5321, 3.8: the server ends the conversation
_DOT = re.compile(rb"(?m)^\.")


@dataclass(frozen=True, slots=True)
class RefusedRecipient:
    """An address the server would not take, in its own words."""

    address: str
    code: int
    said: str

    @property
    def temporary(self) -> bool:
        """4xx: later it may take it. 5xx: it never will."""
        return 400 <= self.code < 500


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What the server took. Taken is not delivered: a bounce may come for days."""

    accepted: tuple[str, ...]
    refused: tuple[RefusedRecipient, ...]
    said: str  # with it the people of the mail server find the message again


class NobodyTakenError(MailServerError):
    """No recipient was taken, and why not, each; `temporary` if at least one may be taken later."""

    def __init__(self, text: str, *, refused: tuple[RefusedRecipient, ...], temporary: bool) -> None:
        super().__init__(text, temporary=temporary)
        self.refused = refused


class Sender:
    """A connection to the server that sends for us, open while it is used as a context; for many messages."""

    def __init__(self, server: Server, *, our_name: str = "") -> None:
        self.server, self.our_name = server, our_name
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Sender:
        """Raises MailServerError with what to correct: host, TLS, login."""
        server = self.server
        try:
            self._smtp = self._connected()
        except smtplib.SMTPAuthenticationError as problem:
            hint = "check user and password; Microsoft and Google take XOAUTH2 only"
            if server.login == "xoauth2":
                hint = "the token is no longer valid, or the account may not send by SMTP"
            raise MailServerError(
                f"{server.name} did not let {server.user} in: {hint}. It said: {_words(problem.smtp_error)}",
                temporary=400 <= problem.smtp_code < 500,
            ) from problem
        except smtplib.SMTPResponseException as problem:
            raise _refused(server, "the connection", problem.smtp_code, problem.smtp_error) from problem
        except smtplib.SMTPNotSupportedError as problem:
            raise MailServerError(
                f"{server.name} offers no STARTTLS or no login: choose another port, or TLS from the start.",
                temporary=False,
            ) from problem
        except (OSError, smtplib.SMTPException) as problem:  # SMTPException is an OSError, too
            raise reaching_failed(server, problem) from problem
        return self

    def _connected(self) -> smtplib.SMTP:
        server = self.server
        name = self.our_name or None
        if server.tls == "tls":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, name, timeout=server.seconds, context=server.context()
            )
        else:
            smtp = smtplib.SMTP(server.host, server.port, name, timeout=server.seconds)
        try:
            if server.tls == "starttls":
                smtp.starttls(context=server.context())
            smtp.ehlo_or_helo_if_needed()
            if server.login == "xoauth2":
                words = iter([server.xoauth2()])
                smtp.auth("XOAUTH2", lambda _=None: next(words, ""))
            elif server.user:
                smtp.login(server.user, server.secret)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._smtp is not None:
            try:
                self._smtp.quit()
            except (OSError, smtplib.SMTPException):
                self._smtp.close()
            self._smtp = None

    @property
    def is_open(self) -> bool:
        """Whether another message can be sent: not once the server, or a fault on the way, ended it."""
        return self._smtp is not None and self._smtp.sock is not None

    def send(self, raw: bytes, *, envelope_from: str, recipients: Sequence[str]) -> HandedOver:
        """Hand one message over for `recipients`. Some may be refused while the others are served.

        Raises MailServerError if it was taken for nobody: `temporary` says whether to try again, `unknown`
        that the connection broke after the whole message was sent, so that it may be on its way. Sent again
        under the same Message-ID, a recipient's program shows it once. Bounces come to `envelope_from`: an
        address of `Signer.reply_address` says by itself which case they are about.
        """
        smtp, server = self._smtp, self.server
        assert smtp is not None, "use the sender as a context"
        assert recipients, "somebody to send it to"
        most = smtp.esmtp_features.get("size", "")
        if most.isdigit() and 0 < int(most) < len(raw):
            raise MailServerError(
                f"The message has {len(raw):,} bytes and {server.name} takes {int(most):,} at most: "
                "send a link or smaller files.",
                temporary=False,
            )
        try:
            code, said = smtp.mail(envelope_from, [f"size={len(raw)}"] if most else [])
            if code == GOES_AWAY:
                smtp.close()
                raise _refused(server, f"the sender {envelope_from}", code, said)
            if code != 250:
                smtp.rset()
                raise _refused(server, f"the sender {envelope_from}", code, said)
            accepted, refused = self._recipients(smtp, recipients)
            if not accepted:
                smtp.rset()
                raise _all_refused(server, refused)
            code, said = smtp.docmd("DATA")
            if code != 354:
                smtp.rset()
                raise _refused(server, "the message", code, said)
            smtp.send(_DOT.sub(b"..", raw) + (b".\r\n" if raw.endswith(b"\r\n") else b"\r\n.\r\n"))
        except (OSError, smtplib.SMTPException) as problem:
            smtp.close()
            raise reaching_failed(server, problem) from problem
        try:
            code, said = smtp.getreply()
        except (OSError, smtplib.SMTPException) as problem:
            smtp.close()
            raise MailServerError(
                f"{server.name} was sent the whole message and did not say that it took it: it may arrive.",
                temporary=True,
                unknown=True,
            ) from problem
        if code != 250:
            raise _refused(server, "the message", code, said)
        return HandedOver(tuple(accepted), tuple(refused), _words(said))

    @staticmethod
    def _recipients(
        smtp: smtplib.SMTP, recipients: Sequence[str]
    ) -> tuple[list[str], list[RefusedRecipient]]:
        accepted, refused = [], []
        for address in recipients:
            code, said = smtp.rcpt(address)
            if code in (250, 251):
                accepted.append(address)
            else:
                refused.append(RefusedRecipient(address, code, _words(said)))
        return accepted, refused


def _words(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join(text.split())[:300]


def _refused(server: Server, what: str, code: int, said: bytes | str) -> MailServerError:
    later = 400 <= code < 500
    hint = "it may take it later" if later else "it will not take it as it is"
    return MailServerError(
        f"{server.name} refused {what}; {hint}. It said: {code} {_words(said)}", temporary=later
    )


def _all_refused(server: Server, refused: list[RefusedRecipient]) -> MailServerError:
    told = "; ".join(f"{each.address}: {each.code} {each.said}" for each in refused[:3])
    later = any(each.temporary for each in refused)
    hint = "It may take some of them later." if later else "Correct the addresses."
    return MailServerError(
        f"{server.name} took none of the recipients. {hint} It said: {told}", temporary=later
    )
