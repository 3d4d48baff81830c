"""What a database needs before the migrations: a supported server, the database, the application's role.

The owner (DATABASE_URL) has the tables; the application works under `paydesk_app`, which owns nothing. The
small table `paydesk_setup` remembers which migrations were applied and what the first run made, so that a
start that has nothing to do can see so at once.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from psycopg import sql

from paydesk.config.database_server import DATABASE, OWNER, PrivateServer
from paydesk.config.postgres_binaries import OLDEST
from paydesk.kernel.refused import Refused

APP_ROLE = "paydesk_app"
PACKAGE = Path(__file__).resolve().parents[1]
MIGRATING = 7_295_113  # advisory lock: one migration at a time


def prepare_private(server: PrivateServer) -> None:
    """The owner, the database and the application's role in the private cluster."""
    with psycopg.connect(server.superuser_url, autocommit=True) as connection:
        for role, rights in ((OWNER, "LOGIN CREATEDB CREATEROLE"), (APP_ROLE, "NOLOGIN")):
            if not _one(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", role):
                statement = sql.SQL("CREATE ROLE {} " + rights)
                connection.execute(statement.format(sql.Identifier(role)))
        connection.execute(f"GRANT {APP_ROLE} TO {OWNER}")
        if not _one(connection, "SELECT 1 FROM pg_database WHERE datname = %s", DATABASE):
            connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")


def prepare_given(url: str) -> None:
    """The same for a database named by DATABASE_URL, as far as its role may.

    Raises Refused with the statement to run when something is missing that this role may not make.
    """
    with connected(url) as connection:
        if connection.info.server_version < OLDEST * 10_000:
            raise Refused(
                f"DATABASE_URL names PostgreSQL {connection.info.server_version // 10_000}; "
                f"paydesk works on PostgreSQL {OLDEST} or newer."
            )
        owner = connection.info.user
        statements = []
        if not _one(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", APP_ROLE):
            statements.append(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(APP_ROLE)))
            may_work_as = False
        else:
            may_work_as = bool(_one(connection, _MAY_SET_ROLE, APP_ROLE))
        if not may_work_as:
            statements.append(
                sql.SQL("GRANT {} TO {}").format(sql.Identifier(APP_ROLE), sql.Identifier(owner))
            )
        try:
            for statement in statements:
                connection.execute(statement)
        except psycopg.errors.InsufficientPrivilege:
            wanted = "; ".join(statement.as_string(connection) for statement in statements)
            raise Refused(
                f"The role {owner} of DATABASE_URL may not make the application's role. "
                f"Run this as a superuser of that server, then start again: {wanted};"
            ) from None


def connected(url: str) -> psycopg.Connection[Any]:
    """A connection to DATABASE_URL; the database is made when the server has none of that name.

    Raises Refused in one sentence when that is not possible.
    """
    if not url.startswith(("postgresql://", "postgres://")):
        raise Refused("DATABASE_URL must begin with postgresql:// ; paydesk works on PostgreSQL only.")
    try:
        return psycopg.connect(url, autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as problem:
        words = str(problem).strip().splitlines()[0].split("failed: ")[-1].removeprefix("FATAL:").strip()
        name = psycopg.conninfo.conninfo_to_dict(url).get("dbname")
        if f'database "{name}" does not exist' in words and name:
            _create_database(url, str(name))
            return psycopg.connect(url, autocommit=True, connect_timeout=10)
        raise Refused(
            f"The database of DATABASE_URL cannot be reached ({words}). "
            "Check it, or unset DATABASE_URL and paydesk runs a database of its own."
        ) from None
    except psycopg.ProgrammingError as problem:
        raise Refused(f"DATABASE_URL cannot be read: {str(problem).strip()}") from None


def _create_database(url: str, name: str) -> None:
    try:
        with psycopg.connect(url, dbname="postgres", autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    except psycopg.errors.DuplicateDatabase:
        return
    except psycopg.Error:
        raise Refused(
            f"The server of DATABASE_URL has no database {name} and this role may not make it. "
            f'Run this as a superuser there, then start again: CREATE DATABASE "{name}" OWNER <role>;'
        ) from None


# Since PostgreSQL 16 a membership may come without the right to SET ROLE.
_MAY_SET_ROLE: LiteralString = """
    SELECT 1 WHERE pg_has_role(current_user, %s,
        CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END)
"""


def migrations_stamp() -> str:
    """Changes whenever a migration may be pending: our migrations and the versions of all packages."""
    digest = hashlib.sha256()
    for folder in sorted(PACKAGE.rglob("migrations")):
        for path in sorted(folder.rglob("*")):
            if path.suffix in (".py", ".sql"):
                digest.update(str(path.relative_to(PACKAGE)).encode() + b"\0" + path.read_bytes() + b"\0")
    digest.update((PACKAGE / "config" / "settings.py").read_bytes())
    requirements = PACKAGE.parents[1] / "requirements.txt"
    if requirements.exists():
        digest.update(requirements.read_bytes())
    return digest.hexdigest()


def remembered(connection: psycopg.Connection[Any], key: str) -> Any:
    """What `remember` stored under `key` in this database; None when nothing was."""
    if not _one(connection, "SELECT to_regclass('public.paydesk_setup')"):
        return None
    return _one(connection, "SELECT value FROM paydesk_setup WHERE key = %s", key)


def remember(connection: psycopg.Connection[Any], key: str, value: Any) -> None:
    connection.execute(
        "CREATE TABLE IF NOT EXISTS paydesk_setup (key text PRIMARY KEY, value jsonb NOT NULL)"
    )
    connection.execute(
        "INSERT INTO paydesk_setup VALUES (%s, %s) ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value",
        (key, json.dumps(value)),
    )


def _one(connection: psycopg.Connection[Any], query: LiteralString, *values: Any) -> Any:
    row = connection.execute(query, values).fetchone()
    return row[0] if row else None
