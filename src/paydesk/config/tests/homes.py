"""Homes for tests: with a space in the path, reachable for the server's account, gone afterwards."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from paydesk.config.database_server import PrivateServer
from paydesk.config.server_place import recorded_place
from paydesk.config.throw_away import throw_away_home

AS_ROOT = os.geteuid() == 0


@contextlib.contextmanager
def home_with_space() -> Iterator[Path]:
    with throw_away_home() as outer:
        home = outer / "my desk"
        make_home(home)
        try:
            yield home
        finally:
            remove_database(home)


def make_home(home: Path) -> None:
    home.mkdir()
    home.chmod(0o711)
    (home / "log").mkdir()


def remove_database(home: Path) -> None:
    """Stop the server of `home` and remove its data, also where they are kept elsewhere."""
    place = recorded_place(home)
    if place is not None:
        PrivateServer(home, throw_away=True).stop(lambda text: None)
        shutil.rmtree(place.base, ignore_errors=True)
        shutil.rmtree(place.sockets, ignore_errors=True)


def clean_environment(home: Path) -> dict[str, str]:
    """For a paydesk of its own, beside the one that runs the tests."""
    ours = ("PAYDESK_", "DATABASE_", "DJANGO_", "PYTEST_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return kept | {"PAYDESK_HOME": str(home)}
