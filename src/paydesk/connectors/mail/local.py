"""Mail in a folder of this machine, as local mail programs keep it (Maildir): no server is asked.

For a desk that is tried out. `new` holds what came and was not read, `cur` what was read, `sent` what left.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from uuid import uuid4

from paydesk.connectors.mail.fetching import Fetched, Place
from paydesk.connectors.mail.sending import HandedOver
from paydesk.connectors.mail.servers import MailServerError

_KEPT = Place(0, 0)  # a folder knows by itself what was read


class LocalMail:
    """A folder that is read as a mailbox and sent into as a server; made when it is missing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def is_open(self) -> bool:
        """As that of a server; a folder ends nothing."""
        return True

    def __enter__(self) -> LocalMail:
        """Raises MailServerError where the folder cannot be made."""
        try:
            for name in ("tmp", "new", "cur", "sent"):
                (self.folder / name).mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise _failed(self.folder, problem) from problem
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def new_since(self, place: Place | None, *, most: int) -> Iterator[Fetched]:
        """What was not read, oldest first; a message counts as read when the next is asked for."""
        try:
            for path in sorted((self.folder / "new").iterdir())[:most]:
                raw, arrived = path.read_bytes(), datetime.fromtimestamp(path.stat().st_mtime, UTC)
                yield Fetched(_KEPT, raw, len(raw), True, arrived, False)
                path.rename(self.folder / "cur" / f"{path.name}:2,S")
        except OSError as problem:
            raise _failed(self.folder, problem) from problem

    def send(self, raw: bytes, *, envelope_from: str, recipients: Sequence[str]) -> HandedOver:
        """Put one message into `sent`. Raises MailServerError."""
        return HandedOver(tuple(recipients), (), self._put(raw, "sent"))

    def arrive(self, raw: bytes) -> str:
        """Put one message where it is read, as a local mail server does. Raises MailServerError."""
        return self._put(raw, "new")

    def sent(self, *, most: int) -> list[bytes]:
        """The newest messages that left, newest first. Raises MailServerError."""
        try:
            return [each.read_bytes() for each in sorted((self.folder / "sent").iterdir())[: -most - 1 : -1]]
        except OSError as problem:
            raise _failed(self.folder, problem) from problem

    def _put(self, raw: bytes, where: str) -> str:
        """Written aside first, so that nobody reads half of it."""
        name = f"{time.time_ns()}.{os.getpid()}_{uuid4().hex[:8]}.{socket.gethostname()}"
        try:
            (self.folder / "tmp" / name).write_bytes(raw)
            (self.folder / "tmp" / name).rename(self.folder / where / name)
        except OSError as problem:
            raise _failed(self.folder, problem) from problem
        return name


def _failed(folder: Path, problem: OSError) -> MailServerError:
    return MailServerError(f"{folder} cannot be read or written: {problem.strerror}.", temporary=True)
