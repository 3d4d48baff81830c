"""The application owns nothing, and has the rights it needs on whatever order tables came in."""

import psycopg
import pytest
from django.apps import apps
from django.db import ProgrammingError, connection

from conftest import owner_connection
from paydesk.foundation.audit import append_only


@pytest.fixture
def owner(committed_db):
    with owner_connection(autocommit=True) as owner:
        yield owner


def rights(owner: psycopg.Connection, table: str) -> str:
    asked = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE"]
    row = owner.execute(
        "SELECT " + ", ".join(f"has_table_privilege('paydesk_app', '{table}', '{right}')" for right in asked)
    ).fetchone()
    return "".join(
        right[0] if right != "TRUNCATE" else "T" for right, has in zip(asked, row, strict=True) if has
    )


def test_tests_run_as_the_application(owner):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("paydesk_app",)
        with pytest.raises(ProgrammingError, match="permission denied"):
            cursor.execute("CREATE TABLE mine (id int)")


def test_it_owns_nothing(owner):
    count = owner.execute("SELECT count(*) FROM pg_class WHERE relowner = 'paydesk_app'::regrole").fetchone()
    assert count == (0,)


def test_rows_of_every_table_may_be_read_and_of_ordinary_ones_written(owner):
    declared = append_only.declared()
    for table in connection.introspection.table_names():
        has = rights(owner, table)
        assert "S" in has, table
        assert "T" not in has, table
        if table not in declared:
            assert has == "SIUD", table
        else:
            assert "U" not in has, table
            assert "D" not in has, table


def test_a_table_made_later_is_writable_at_once(owner):
    owner.execute("CREATE TABLE made_later (id bigint GENERATED ALWAYS AS IDENTITY, n int)")
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO made_later (n) VALUES (1)")
        cursor.execute("DELETE FROM made_later")


def test_grants_after_migrating_reach_tables_without_any_and_leave_append_only_ones_alone(owner):
    owner.execute("CREATE TABLE restored (id bigint GENERATED ALWAYS AS IDENTITY)")
    owner.execute("REVOKE ALL ON restored FROM paydesk_app")
    owner.execute("GRANT ALL ON audit_record TO paydesk_app")
    _migrated_as_owner()
    assert rights(owner, "restored") == "SIUD"
    assert rights(owner, "audit_record") == "S"  # INSERT by column only
    assert rights(owner, "audit_seal") == "SI"


def _migrated_as_owner() -> None:
    from conftest import APP_OPTIONS, OWNER_OPTIONS, work_on

    name = connection.settings_dict["NAME"]
    work_on(name, options=OWNER_OPTIONS)
    append_only.grant_after_migrating(using="default", sender=apps.get_app_config("audit"))
    work_on(name, options=APP_OPTIONS)


def test_what_only_a_function_writes_cannot_be_inserted(owner):
    owner.execute("CREATE TABLE only_by_function (id int)")
    for operation in append_only.operations("only_by_function", insert=False):
        owner.execute(operation.sql)
    assert rights(owner, "only_by_function") == "S"
    with pytest.raises(
        psycopg.errors.InsufficientPrivilege, match="only_by_function is append-only: TRUNCATE"
    ):
        owner.execute("TRUNCATE only_by_function")
    for operation in append_only.operations("only_by_function", insert=False):
        owner.execute(operation.reverse_sql)
    owner.execute("TRUNCATE only_by_function")
    assert rights(owner, "only_by_function") == "SIUD"
