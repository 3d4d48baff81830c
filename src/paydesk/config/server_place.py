"""Where the private database keeps its data: below PAYDESK_HOME, or where its account can go.

No mode of a folder that is not ours is changed. `database.json` in the home remembers the place.
"""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from paydesk.config.server_account import ServerAccount, server_account
from paydesk.kernel.refused import Refused

# The path of a Unix socket may have 107 bytes (103 on macOS), "/.s.PGSQL.5432.lock" included.
LONGEST_SOCKET_FOLDER = 103 - len("/.s.PGSQL.5432.lock")


@dataclass(frozen=True)
class Place:
    """`base` is ours and holds everything; `sockets` is closed to all other accounts."""

    base: Path
    sockets: Path
    account: ServerAccount

    @property
    def data(self) -> Path:
        return self.base / "data"

    def data_major(self) -> int | None:
        """The major version of PostgreSQL that made the data; None when there are none yet."""
        try:
            return int((self.data / "PG_VERSION").read_text().split(".")[0])
        except FileNotFoundError:
            return None


def find_place(home: Path) -> Place:
    """The place of this home's database, made when missing."""
    recorded = _recorded(home)
    base = Path(recorded["base"]) if "base" in recorded else None
    if base is not None and base.is_dir() and _belongs_to(base, home):
        account = server_account(base)
    else:
        account = server_account(home / "database")
        base = _make_base(home, account)
    sockets = _sockets(base, account, recorded.get("sockets"))
    record = {"base": str(base), "sockets": str(sockets)}
    if record != recorded:
        unfinished = home / "database.json.unfinished"
        unfinished.write_text(json.dumps(record) + "\n")
        unfinished.replace(home / "database.json")
    return Place(base, sockets, account)


def recorded_place(home: Path) -> Place | None:
    """The place as it was recorded, for those who only look."""
    recorded = _recorded(home)
    if not recorded or not Path(recorded["base"]).is_dir():
        return None
    return Place(Path(recorded["base"]), Path(recorded["sockets"]), server_account(Path(recorded["base"])))


def _recorded(home: Path) -> dict[str, str]:
    try:
        found = json.loads((home / "database.json").read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _belongs_to(base: Path, home: Path) -> bool:
    """False for a copied checkout, whose record still names the database of the original."""
    try:
        owner = Path((base / "home").read_text())
    except OSError:
        return False
    return owner == home or not owner.exists()


def _make_base(home: Path, account: ServerAccount) -> Path:
    for parent in (None, "/var/lib", "/var/tmp"):
        try:
            if parent is None:
                base = home / "database"
                base.mkdir(mode=0o700, exist_ok=True)
            else:  # a new one each time: a home that was deleted to begin anew does not find its old data
                base = Path(tempfile.mkdtemp(prefix="paydesk-", dir=parent))
            if base.stat().st_uid not in (os.geteuid(), account.uid) or base.is_symlink():
                continue
            account.take(base)
            base.chmod(0o700)
            if account.can_enter(base):
                (base / "home").write_text(str(home))
                return base
            base.rmdir()  # only an empty folder goes; one with data stays for a person to look at
        except OSError:
            continue
    raise Refused(
        f"There is no folder where the account {account.name} could keep the database: "
        "set PAYDESK_HOME to a folder it can enter, or set DATABASE_URL."
    )


def _sockets(base: Path, account: ServerAccount, recorded: str | None) -> Path:
    for folder in (base / "sockets", Path(recorded) if recorded else None):
        if folder is None or len(os.fsencode(folder)) > LONGEST_SOCKET_FOLDER:
            continue
        if folder.parent == base:
            folder.mkdir(mode=0o700, exist_ok=True)
            account.take(folder)
        elif not folder.is_dir() or folder.is_symlink() or not account.owns(folder):
            continue
        return folder
    short = Path(tempfile.mkdtemp(prefix="paydesk-", dir="/tmp"))  # mode 0700
    account.take(short)
    return short
