"""A database for one benchmark: made on the server of DATABASE_URL or the private one, dropped afterwards.

One that is to be kept (`bench search --keep NAME`) stays and is found again by its name.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from paydesk.bench.results import Bench
from paydesk.config import desk, environment


@contextlib.contextmanager
def scratch_database(bench: Bench) -> Iterator[str]:
    """Django works, as the application, on an empty migrated database; yields its URL for the owner.

    Once per process: Django reads its settings once.
    """
    with desk.database(environment.home(), bench.say):
        url = os.environ["DATABASE_URL"]
        name = f"paydesk_bench_{bench.keep or os.getpid()}"
        with psycopg.connect(url, autocommit=True) as server:
            if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        own = urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
        os.environ["DATABASE_URL"] = own
        os.environ.pop("DATABASE_APP_URL", None)  # it names another database
        try:
            desk.migrate_if_needed(bench.say)
            import django
            from django.db import connections

            django.setup()
            try:
                yield own
            finally:
                connections.close_all()
        finally:
            os.environ["DATABASE_URL"] = url
            if not bench.keep:
                with psycopg.connect(url, autocommit=True) as server:
                    server.execute(
                        sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
                    )


def quiet_start(bench: Bench, url: str) -> None:
    """A checkpoint, so that what is measured next does not pay for the writes of what came before it.

    Only where this role may (a superuser or a member of pg_checkpoint), and not in a quick run.
    """
    if bench.quick:
        return
    with (
        psycopg.connect(url, autocommit=True) as connection,
        contextlib.suppress(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("CHECKPOINT")
