"""Tables that are written once: what the application may do with them, and triggers that bind the owner too.

A package whose table is append-only does two things:

1. in a migration: `operations = [*append_only.operations("journal_entry", insert=False)]`, which takes the
   rights from the application's role and adds the triggers;
2. in its AppConfig.ready(): `append_only.declare("journal_entry", insert=False)`, so that the grants made
   after each migration do not give the rights back.
"""

from __future__ import annotations

from django.db.migrations import RunSQL
from django.db.models.signals import post_migrate

APP_ROLE = "paydesk_app"

# True: every column may be inserted; False: none, a function of the owner writes; else only these columns.
Insert = bool | tuple[str, ...]

_declared: dict[str, Insert] = {}


def declare(table: str, *, insert: Insert = True) -> None:
    """Say that `table` is append-only; the application may read it and, as `insert` says, add rows."""
    _declared[table] = insert


def declared() -> dict[str, Insert]:
    """The append-only tables of every package that is loaded."""
    return dict(_declared)


def operations(table: str, *, insert: Insert = True) -> list[RunSQL]:
    """Migration operations that make `table` append-only, for the application's role and for the owner.

    Depends on the audit package's migration append_only_function, which creates the trigger's function.
    """
    return [
        RunSQL(rights_sql(table, insert), f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{table}" TO {APP_ROLE}'),
        RunSQL(
            f"""
            CREATE TRIGGER "{table}_is_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "{table}"
                FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_append_only()
            """,
            f'DROP TRIGGER "{table}_is_append_only" ON "{table}"',
        ),
    ]


def rights_sql(table: str, insert: Insert) -> str:
    """SQL that leaves the application reading and, as `insert` says, adding rows."""
    sql = f'REVOKE ALL ON "{table}" FROM {APP_ROLE}; GRANT SELECT ON "{table}" TO {APP_ROLE};'
    if insert is True:
        sql += f' GRANT INSERT ON "{table}" TO {APP_ROLE};'
    elif insert:
        columns = ", ".join(f'"{column}"' for column in insert)
        sql += f' GRANT INSERT ({columns}) ON "{table}" TO {APP_ROLE};'
    return sql


def grant_after_migrating(*, using: str, **_: object) -> None:
    """Give the application its rights on every table of the owner.

    The default privileges of the audit package's first migration do this already for the owner who ran it;
    this covers tables that another owner made, and a database restored without its grants. Does nothing
    unless run by the owner.
    """
    from django.db import connections

    with connections[using].cursor() as cursor:
        cursor.execute("SELECT current_user, EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [APP_ROLE])
        current_user, role_exists = cursor.fetchone()
        if current_user == APP_ROLE or not role_exists:
            return
        cursor.execute(
            """
            SELECT c.relname, c.relkind FROM pg_class c
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
              AND pg_has_role(current_user, c.relowner, 'USAGE')
            """
        )
        for name, kind in cursor.fetchall():
            if kind == "S":
                cursor.execute(f'GRANT USAGE, SELECT ON SEQUENCE "{name}" TO {APP_ROLE}')
            elif kind in "vm":
                cursor.execute(f'GRANT SELECT ON "{name}" TO {APP_ROLE}')
            elif name in _declared:
                cursor.execute(rights_sql(name, _declared[name]))
            else:
                cursor.execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{name}" TO {APP_ROLE}')


def connect(sender: object) -> None:
    """Run the grants once after each migration, whatever was migrated."""
    post_migrate.connect(grant_after_migrating, sender=sender, dispatch_uid="audit.append_only")
