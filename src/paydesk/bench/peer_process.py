"""A peer in a process of its own, with a database of its own on the same server; dropped afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

PATIENCE_SECONDS = 1_800


def last_line_of(module: str, peer: str, url: str, *words: str) -> str:
    """The last line of `python -m module URL WORDS...`; URL names a new database on the server of `url`.

    Raises RuntimeError with the last thing the process said where it failed.
    """
    database = f"paydesk_peer_{os.getpid()}"
    own = urlunsplit(urlsplit(url)._replace(path=f"/{database}"))
    name = sql.Identifier(database)
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(name))
    try:
        outcome = subprocess.run(
            [sys.executable, "-m", module, own, *words],
            check=False,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
        )
    finally:
        with psycopg.connect(url, autocommit=True) as server:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
    if outcome.returncode:
        said = outcome.stderr.strip().splitlines() or ["nothing"]
        raise RuntimeError(f"{peer} could not be measured; it said: {said[-1]}")
    return outcome.stdout.splitlines()[-1]
