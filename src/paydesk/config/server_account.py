"""Under which account the private database server runs. PostgreSQL refuses to run as root."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from paydesk.kernel.refused import Refused

# The first that exists serves root: the account packages make for it, else the one that owns nothing.
ACCOUNTS_FOR_ROOT = ("postgres", "nobody", "daemon")


@dataclass(frozen=True)
class ServerAccount:
    """An account that runs server programs; `other` when it is not the one we run as."""

    name: str
    uid: int
    gid: int
    other: bool

    def run_as(self) -> dict[str, Any]:
        """Arguments for subprocess that make the child run under this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.other else {}

    def owns(self, path: Path) -> bool:
        return path.stat().st_uid == self.uid

    def take(self, path: Path) -> None:
        """Make this account the owner of a folder or file of ours."""
        if self.other:
            os.chown(path, self.uid, self.gid)

    def can_enter(self, folder: Path) -> bool:
        if not self.other:
            return os.access(folder, os.X_OK)
        return self.succeeds(["/bin/sh", "-c", 'cd "$0"', str(folder)])

    def succeeds(self, command: list[str]) -> bool:
        try:
            done = subprocess.run(command, capture_output=True, check=False, cwd="/", **self.run_as())
        except OSError:
            return False
        return done.returncode == 0


def server_account(data: Path | None) -> ServerAccount:
    """Ourselves, or as root the owner of the `data` that is there, else the first of the known accounts.

    Raises Refused when there is no such account, or this account has no name (initdb needs one).
    """
    uid = os.geteuid()
    try:
        if uid != 0:
            ours = pwd.getpwuid(uid)
            return ServerAccount(ours.pw_name, uid, os.getegid(), other=False)
        if data is not None and data.exists() and data.stat().st_uid != 0:
            owner = pwd.getpwuid(data.stat().st_uid)
            return ServerAccount(owner.pw_name, owner.pw_uid, owner.pw_gid, other=True)
    except KeyError:
        raise Refused(
            "PostgreSQL needs an account with a name, and the one in use has none: "
            "start paydesk under a named account, or set DATABASE_URL."
        ) from None
    for name in ACCOUNTS_FOR_ROOT:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return ServerAccount(name, found.pw_uid, found.pw_gid, other=True)
    raise Refused(
        "PostgreSQL does not run as root and there is no other account for it: "
        "start paydesk as an ordinary user, or set DATABASE_URL."
    )
