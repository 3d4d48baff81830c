"""A database for one test run: a private cluster in a temporary home, fast instead of safe."""

from __future__ import annotations

import contextlib
import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from paydesk.config.database_server import PrivateServer, Say
from paydesk.config.database_setup import prepare_private
from paydesk.config.postgres_binaries import Binaries

PREFIX = "paydesk-test-"


@contextlib.contextmanager
def throw_away_home() -> Iterator[Path]:
    """A temporary PAYDESK_HOME. As root the server's account passes through it, so it is not closed."""
    home = Path(tempfile.mkdtemp(prefix=PREFIX))
    home.chmod(0o711)
    (home / "log").mkdir()
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextlib.contextmanager
def throw_away_server(say: Say, binaries: Binaries | None = None) -> Iterator[PrivateServer]:
    """A running cluster with owner, database and application role; stopped and removed at the end."""
    with throw_away_home() as home:
        server = PrivateServer(home, binaries=binaries, throw_away=True)
        try:
            server.start(say)
            prepare_private(server)
            yield server
        finally:
            server.stop_if_last(say)
            shutil.rmtree(server.place.base, ignore_errors=True)


def sweep(say: Say) -> None:
    """Stop and remove what killed test runs left behind; those of running ones hold their lock."""
    for home in Path(tempfile.gettempdir()).glob(PREFIX + "*"):
        with contextlib.suppress(OSError), (home / "database.users").open("r+b") as users:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            server = PrivateServer(home)
            server.stop(say)
            shutil.rmtree(server.place.base, ignore_errors=True)
            shutil.rmtree(home, ignore_errors=True)
