"""Mail fetched over IMAP by UID: it goes on where it stopped, or starts over if the server says so."""

from __future__ import annotations

import imaplib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError, MailboxFolderSelectError

from paydesk.connectors.mail.servers import MailServerError, Server, reaching_failed

_UID = re.compile(rb"\bUID (\d+)")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")
_ARRIVED = re.compile(rb'\bINTERNALDATE "([^"]+)"')
_FLAGS = re.compile(rb"\bFLAGS \(([^)]*)\)")
_AT_ONCE, _BYTES_AT_ONCE = 50, 4 * 1024 * 1024
LARGEST = 50 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Place:
    """How far a folder was read. UIDs count only as long as the server keeps its UIDVALIDITY."""

    uidvalidity: int
    uid: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """One message as the server has it. Store `place` with it: from there the next fetching goes on."""

    place: Place
    raw: bytes = field(repr=False)
    size: int
    whole: bool  # False: larger than what is fetched, so `raw` is its head alone
    arrived_at: datetime | None  # as the server noted, UTC
    seen: bool


class Mailbox:
    """A folder of an account, open while it is used as a context. Nothing is marked or moved unless asked."""

    def __init__(self, server: Server, folder: str = "INBOX") -> None:
        self.server, self.folder = server, folder
        self._box: BaseMailBox | None = None
        self._seen_last = 0

    def __enter__(self) -> Mailbox:
        """Raises MailServerError with what to correct: host, TLS, login, folder."""
        server = self.server
        try:
            self._box = self._connected()
            self._log_in(self._box)
        except (OSError, imaplib.IMAP4.abort) as problem:
            raise reaching_failed(server, problem) from problem
        except (ImapToolsError, imaplib.IMAP4.error) as problem:
            raise MailServerError(f"{server.name}: {_said(problem)}", temporary=False) from problem
        try:
            self._select(self._box)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def _select(self, box: BaseMailBox) -> None:
        try:
            box.folder.set(self.folder)
        except MailboxFolderSelectError as problem:
            names = ", ".join(sorted(each.name for each in box.folder.list())[:20])
            raise MailServerError(
                f"{self.server.name} has no folder {self.folder}; it has: {names}.", temporary=False
            ) from problem
        except (OSError, imaplib.IMAP4.error) as problem:
            raise self._failed(problem) from problem

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._box is not None:
            try:
                self._box.logout()
            except (OSError, ImapToolsError, imaplib.IMAP4.error):
                self._box.client.shutdown()
            self._box = None

    def _connected(self) -> BaseMailBox:
        server = self.server
        if server.tls == "tls":
            return MailBox(server.host, server.port, server.seconds, ssl_context=server.context())
        if server.tls == "starttls":
            return MailBoxStartTls(server.host, server.port, server.seconds, server.context())
        return MailBoxUnencrypted(server.host, server.port, server.seconds)

    def _log_in(self, box: BaseMailBox) -> None:
        server = self.server
        try:
            if server.login == "xoauth2":
                words = iter([server.xoauth2().encode()])
                box.client.authenticate("XOAUTH2", lambda _: next(words, b""))
            elif server.secret.isascii() and server.user.isascii():
                box.login(server.user, server.secret, initial_folder=None)
            else:
                box.login_utf8(server.user, server.secret, initial_folder=None)
        except imaplib.IMAP4.abort:
            raise
        except (ImapToolsError, imaplib.IMAP4.error) as problem:
            box.client.shutdown()
            hint = "check user and password; Microsoft and Google take XOAUTH2 only"
            if server.login == "xoauth2":
                hint = "the token is no longer valid, or the account may not use IMAP"
            elif server.tls == "none":
                hint = "many servers take no password without TLS"
            raise MailServerError(
                f"{server.name} did not let {server.user} in: {hint}. It said: {_said(problem)}",
                temporary=False,
            ) from problem

    @property
    def uidvalidity(self) -> int:
        """What the UIDs of this folder are worth: another number, and they mean other messages."""
        try:
            return int(self._opened().folder.status(self.folder, ["UIDVALIDITY"])["UIDVALIDITY"])
        except (OSError, ImapToolsError, imaplib.IMAP4.error) as problem:
            raise self._failed(problem) from problem

    def starts_over(self, place: Place | None) -> bool:
        """Whether everything in the folder is looked at again, known messages too."""
        return place is None or place.uidvalidity != self.uidvalidity

    def new_since(self, place: Place | None, *, most: int = 500, largest: int = LARGEST) -> Iterator[Fetched]:
        """Messages behind `place`, oldest first, `most` at once; the flags of none are touched.

        If the server has changed its UIDVALIDITY, from the first on: know again what you have by mailbox,
        Message-ID and hash. Of a message larger than `largest` comes the head alone. Raises MailServerError.
        """
        valid = self.uidvalidity
        after = place.uid if place is not None and place.uidvalidity == valid else 0
        found = self._asked("SEARCH", None, f"UID {after + 1}:*")
        # "n:*" names the last message even if its UID is below n
        listed = b" ".join(line for line in found if isinstance(line, bytes)).split()
        uids = sorted(uid for uid in map(int, listed) if uid > after)[:most]
        for at in range(0, len(uids), _AT_ONCE):
            about = self._about(uids[at : at + _AT_ONCE])
            yield from self._bodies(valid, about, largest)

    def _about(self, uids: list[int]) -> dict[int, tuple[int, bytes]]:
        """Size and the server's line of each; those that were deleted meanwhile are missing."""
        lines = self._asked("FETCH", ",".join(map(str, uids)), "(UID RFC822.SIZE INTERNALDATE FLAGS)")
        about = {}
        for line in lines:
            if isinstance(line, bytes) and (uid := _UID.search(line)) and (size := _SIZE.search(line)):
                about[int(uid[1])] = (int(size[1]), line)
        return dict(sorted(about.items()))

    def _bodies(self, valid: int, about: dict[int, tuple[int, bytes]], largest: int) -> Iterator[Fetched]:
        waiting: list[int] = []
        for uid, (size, _) in about.items():
            if waiting and (
                size > largest or sum(about[each][0] for each in waiting) + size > _BYTES_AT_ONCE
            ):
                yield from self._fetched(valid, waiting, about, "BODY.PEEK[]")
                waiting = []
            if size > largest:
                yield from self._fetched(valid, [uid], about, "BODY.PEEK[HEADER]")
            else:
                waiting.append(uid)
        if waiting:
            yield from self._fetched(valid, waiting, about, "BODY.PEEK[]")

    def _fetched(
        self, valid: int, uids: list[int], about: dict[int, tuple[int, bytes]], what: str
    ) -> Iterator[Fetched]:
        found = self._asked("FETCH", ",".join(map(str, uids)), f"(UID {what})")
        raw: dict[int, bytes] = {}
        for at, item in enumerate(found):
            if not isinstance(item, tuple):
                continue
            behind = found[at + 1] if at + 1 < len(found) else b""
            said = _UID.search(item[0]) or (_UID.search(behind) if isinstance(behind, bytes) else None)
            if said:
                raw[int(said[1])] = item[1]
        for uid in uids:
            if uid in raw:
                size, line = about[uid]
                flags = _FLAGS.search(line)
                yield Fetched(
                    Place(valid, uid),
                    raw[uid],
                    size,
                    what == "BODY.PEEK[]",
                    _arrived(line),
                    b"\\Seen" in (flags[1] if flags else b""),
                )

    def mark_seen(self, uid: int) -> None:
        """For people who look into the mailbox by hand. Raises MailServerError."""
        self._asked("STORE", str(uid), "+FLAGS.SILENT", "(\\Seen)")

    def move(self, uid: int, folder: str) -> None:
        """Into another folder, which is made if it is missing. Raises MailServerError."""
        try:
            box = self._opened()
            if not box.folder.exists(folder):
                box.folder.create(folder)
            box.move(str(uid), folder)
        except (OSError, ImapToolsError, imaplib.IMAP4.error) as problem:
            raise self._failed(problem) from problem

    @property
    def tells(self) -> bool:
        """Whether the server tells of new mail by itself (IDLE), so that `wait` returns at once."""
        return "IDLE" in self._opened().client.capabilities

    def wait(self, seconds: int) -> bool:
        """Wait for new mail, at most `seconds` (up to 29 minutes); whether the server told of any.

        Returns False at once where the server does not tell: sleep and look. Raises MailServerError.
        """
        if not self.tells:
            return False
        try:
            heard = self._opened().idle.wait(timeout=min(seconds, 29 * 60))
        except (OSError, imaplib.IMAP4.abort, ImapToolsError) as problem:
            raise reaching_failed(self.server, problem) from problem
        return any(b"EXISTS" in line for line in heard)

    def _opened(self) -> BaseMailBox:
        assert self._box is not None, "use the mailbox as a context"
        return self._box

    def _failed(self, problem: Exception) -> MailServerError:
        """The connection broke off, or the server said no."""
        if isinstance(problem, (OSError, imaplib.IMAP4.abort)):
            return reaching_failed(self.server, problem)
        return MailServerError(f"{self.server.name}: {_said(problem)}", temporary=True)

    def _asked(self, command: str, *arguments: str | None) -> list[bytes | tuple[bytes, bytes]]:
        try:
            status, found = self._opened().client.uid(command, *arguments)  # type: ignore[arg-type]
        except (OSError, imaplib.IMAP4.error) as problem:
            raise self._failed(problem) from problem
        if status != "OK":
            raise MailServerError(
                f"{self.server.name} refused to {command.lower()}: {found!r}"[:300], temporary=True
            )
        return list(found)


def _arrived(line: bytes) -> datetime | None:
    found = _ARRIVED.search(line)
    try:
        text = found[1].decode("ascii").strip() if found else ""
        return datetime.strptime(text, "%d-%b-%Y %H:%M:%S %z").astimezone(UTC)
    except ValueError:
        return None


def _said(problem: Exception) -> str:
    """The server's own words, without what a library puts around them."""
    text = str(problem)
    inner = re.search(r"Data: \[b'(.*?)'\]", text) or re.search(r"^b?['\"](.*)['\"]$", text)
    return (inner[1] if inner else text)[:200]
