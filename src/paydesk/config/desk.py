"""Opens the desk for one command: the database runs, the environment is set, Django is ready.

    with open_desk():
        from paydesk.domain.payments.queries import ...

A DATABASE_URL of the environment is used as it is; else the private server of this home, which is started
when it does not run yet and stopped afterwards when nobody else uses it.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from paydesk.config import environment
from paydesk.config.database_server import PrivateServer, Say, private_database
from paydesk.config.garbage import look_never, look_seldom


@contextlib.contextmanager
def database(home: Path, say: Say) -> Iterator[PrivateServer | None]:
    """The database runs and has its roles; DATABASE_URL and the rest of the environment are set.

    Yields the private server, or None when DATABASE_URL was given.
    """
    from paydesk.config.database_setup import prepare_given, prepare_private

    os.environ.pop("PAYDESK_AS_OWNER", None)
    given = os.environ.get("DATABASE_URL")
    if given:
        prepare_given(given)
        os.environ.update(environment.told(home, given))
        yield None
        return
    with private_database(home, say) as server:
        prepare_private(server)
        os.environ.update(environment.told(home, server.url))
        try:
            yield server
        finally:
            del os.environ["DATABASE_URL"]


@contextlib.contextmanager
def open_desk(say: Say, *, as_owner: bool = False, migrated: bool = True) -> Iterator[None]:
    """Django is set up on a running database. One call per process: settings are read once.

    `as_owner` works as the role that owns the tables, otherwise as the application does. With `migrated`
    pending migrations are applied first.
    """
    with database(environment.home(), say):
        if migrated:
            migrate_if_needed(say)
        if as_owner:
            os.environ["PAYDESK_AS_OWNER"] = "1"
        import django

        look_never()
        django.setup()
        look_seldom()
        yield


def migrate_if_needed(say: Say) -> bool:
    """Apply pending migrations, as the owner and so in a process of its own. Whether there were any.

    Knowing that there are none takes milliseconds: the database remembers what was applied last.
    """
    from paydesk.config.database_setup import connected, migrations_stamp, remembered
    from paydesk.kernel.refused import Refused

    with connected(os.environ["DATABASE_URL"]) as connection:
        if remembered(connection, "migrations") == migrations_stamp():
            return False
    say("Bringing the tables up to date ...")
    command = [sys.executable, "-m", "paydesk", "migrate"]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        words = done.stderr.strip().splitlines() or ["no reason given"]
        raise Refused(f"The tables could not be brought up to date: {words[-1]}")
    return True
