"""Mail servers: how they are reached, and what went wrong in a sentence somebody can act on."""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass, field
from typing import Literal

Tls = Literal["tls", "starttls", "none"]
Login = Literal["password", "xoauth2"]


class MailServerError(Exception):
    """A mail server could not be reached or would not do it. `temporary`: trying again later may help."""

    def __init__(self, text: str, *, temporary: bool, unknown: bool = False) -> None:
        super().__init__(text)
        self.text = text
        self.temporary = temporary
        self.unknown = unknown
        """Nobody knows whether the message was taken: the answer to it got lost."""


@dataclass(frozen=True, slots=True)
class Server:
    """One account at one server. With XOAUTH2 the secret is an access token (Microsoft, Google)."""

    host: str
    port: int
    user: str = ""
    secret: str = field(default="", repr=False)
    login: Login = "password"
    tls: Tls = "tls"
    ca_file: str = ""  # instead of the system's, for a server with a certificate of the company's own
    seconds: int = 30

    def context(self) -> ssl.SSLContext:
        """Certificates are always checked."""
        return ssl.create_default_context(cafile=self.ca_file or None)

    def xoauth2(self) -> str:
        """The words of RFC 7628's forerunner, which Microsoft and Google understand."""
        return f"user={self.user}\1auth=Bearer {self.secret}\1\1"

    @property
    def name(self) -> str:
        return f"{self.host}:{self.port}"


def reaching_failed(server: Server, problem: Exception) -> MailServerError:
    """Why no conversation with the server came about, or why it broke off."""
    where = server.name
    if isinstance(problem, socket.gaierror):
        return MailServerError(f"There is no host {server.host}: correct its name.", temporary=True)
    if isinstance(problem, ssl.SSLCertVerificationError):
        why = problem.verify_message or "not trusted"
        return MailServerError(
            f"The certificate of {where} is not valid for it ({why}): name the CA that signed it.",
            temporary=False,
        )
    if isinstance(problem, ssl.SSLError):
        return MailServerError(
            f"{where} does not speak TLS from the start: choose STARTTLS, or the port that does (993, 465).",
            temporary=False,
        )
    if isinstance(problem, TimeoutError) or "timed out" in str(problem):
        return MailServerError(f"{where} did not answer within {server.seconds} seconds.", temporary=True)
    if isinstance(problem, ConnectionRefusedError):
        return MailServerError(f"Nothing listens at {where}: check host and port.", temporary=True)
    return MailServerError(f"The connection to {where} broke off ({type(problem).__name__}).", temporary=True)
