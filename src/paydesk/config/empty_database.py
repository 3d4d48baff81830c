"""Deletes everything in a paydesk database: append-only tables force the schema to go."""

from __future__ import annotations

from psycopg import errors, sql

from paydesk.config.database_server import Say
from paydesk.config.database_setup import MIGRATING, connected
from paydesk.kernel.refused import Refused

WAIT = "5s"  # for others to let go of the tables


def empty_database(url: str, say: Say) -> None:
    """Drop and make anew the schema of the database `url` names; migrations fill it again.

    A database without tables is left alone. Raises Refused when its tables are not those of a paydesk, when
    somebody works in it, or when this role may not drop them. Documents in the home folder stay.
    """
    with connected(url) as connection:
        tables = {
            name
            for (name,) in connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            ).fetchall()
        }
        if not tables:
            return
        name = connection.info.dbname
        if not tables >= {"django_migrations", "ledger_entry", "audit_record"}:
            raise Refused(
                f"The database {name} has tables that are not paydesk's ({', '.join(sorted(tables)[:3])} …); "
                "--reset deletes only a paydesk. Name an empty database in DATABASE_URL."
            )
        say(f"Deleting everything in the database {name} ...")
        try:
            with connection.transaction():
                connection.execute(sql.SQL("SET LOCAL lock_timeout = {}").format(sql.Literal(WAIT)))
                connection.execute("SELECT pg_advisory_xact_lock(%s)", (MIGRATING,))
                connection.execute("DROP SCHEMA public CASCADE")
                connection.execute("CREATE SCHEMA public")
                connection.execute("GRANT USAGE ON SCHEMA public TO PUBLIC")
        except (errors.LockNotAvailable, errors.DeadlockDetected):
            raise Refused(
                f"Somebody works in the database {name}, so it was not emptied. Stop the desk with "
                "./paydesk down and try again."
            ) from None
        except errors.InsufficientPrivilege as problem:
            raise Refused(
                f"The role of DATABASE_URL may not empty the database {name} "
                f"({problem.diag.message_primary})."
            ) from None
