"""Going around the ORM: the trail is not bent by accident, and whoever takes the guards away is found out."""

from datetime import UTC, datetime

import pytest
from django.db import ProgrammingError, connection, transaction
from psycopg.errors import InsufficientPrivilege

from conftest import owner_connection
from paydesk.foundation.audit.actions import seal
from paydesk.foundation.audit.queries import verify_chain
from paydesk.foundation.audit.steps import record
from paydesk.kernel.actor import system

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def ten_sealed(committed_db):
    for number in range(10):
        with transaction.atomic():
            record(
                "x.made",
                subject=("x", number),
                by=system("test"),
                at=NOON,
                changes={"n": number, "d": "1.10"},
            )
    assert seal(NOON) == 10


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


FORBIDDEN = [
    "UPDATE audit_record SET note = 'bent'",
    "DELETE FROM audit_record",
    "TRUNCATE audit_record CASCADE",
    "UPDATE audit_seal SET number = number + 100",
    "DELETE FROM audit_seal",
    "TRUNCATE audit_seal",
]


def test_neither_application_nor_owner_can_change_it(ten_sealed):
    for sql in FORBIDDEN:
        with pytest.raises(ProgrammingError, match="permission denied"):
            run(sql)
        with owner_connection() as owner, pytest.raises(InsufficientPrivilege, match="append-only"):
            owner.execute(sql)
    assert verify_chain().findings == []


FORBIDDEN_TO_THE_APPLICATION = [
    "INSERT INTO audit_record (id, at, actor, verb, subject_kind, subject_id, changes) "
    "VALUES (-1, now(), 'a', 'v', 'k', '1', '{}')",
    "INSERT INTO audit_record (tx_id, at, actor, verb, subject_kind, subject_id, changes) "
    "VALUES ('3', now(), 'a', 'v', 'k', '1', '{}')",
    "ALTER TABLE audit_record DISABLE TRIGGER ALL",
    "DROP TABLE audit_seal",
    "DROP TRIGGER audit_record_is_append_only ON audit_record",
    "CREATE OR REPLACE FUNCTION refuse_to_change_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "'BEGIN RETURN NULL; END'",
    "SET session_replication_role = replica",
    "DELETE FROM django_migrations",
]


def test_the_application_cannot_choose_the_place_of_a_record_nor_loosen_the_guard(ten_sealed):
    for sql in FORBIDDEN_TO_THE_APPLICATION:
        with pytest.raises(ProgrammingError, match="denied|must be owner"):
            run(sql)


def test_the_application_cannot_give_itself_rights(ten_sealed):
    run("GRANT ALL ON audit_record TO paydesk_app")  # PostgreSQL only warns ...
    with pytest.raises(ProgrammingError, match="permission denied"):
        run("DELETE FROM audit_record")  # ... and gives nothing


def bend(*statements: str) -> None:
    """What an owner can do who takes the guards away first, and puts them back."""
    guards = [
        "ALTER TABLE audit_record {} TRIGGER USER",
        "ALTER TABLE audit_seal {} TRIGGER USER",
    ]
    with owner_connection() as owner:
        foreign_key = owner.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = 'audit_seal'::regclass AND contype = 'f'"
        ).fetchone()
        if foreign_key:
            owner.execute(f'ALTER TABLE audit_seal DROP CONSTRAINT "{foreign_key[0]}"')
        for guard in guards:
            owner.execute(guard.format("DISABLE"))
        for statement in statements:
            owner.execute(statement)
        for guard in guards:
            owner.execute(guard.format("ENABLE"))


def test_what_an_owner_bends_is_found(ten_sealed):
    bend(
        "UPDATE audit_record SET changes = '{\"n\": 10}' WHERE subject_id = '1'",
        "UPDATE audit_record SET at = at + interval '1 us' WHERE subject_id = '2'",
        "UPDATE audit_record SET actor = 'person:1', person_id = 1 WHERE subject_id = '3'",
        "UPDATE audit_record SET market = 'GH' WHERE subject_id = '4'",
        "DELETE FROM audit_record WHERE subject_id = '5'",
        "DELETE FROM audit_seal WHERE number = 8",
        "UPDATE audit_seal SET previous_hash = sha256('x') WHERE number = 10",
    )
    assert [(f.kind, f.number) for f in verify_chain().findings] == [
        ("edited record", 2),
        ("edited record", 3),
        ("edited record", 4),
        ("edited record", 5),
        ("missing record", 6),
        ("gap", 8),
        ("broken chain", 10),
        ("missing seal", None),
    ]


def test_a_record_edited_together_with_its_seal_breaks_the_chain_at_the_next(ten_sealed):
    from paydesk.foundation.audit.queries import RECORD_COLUMNS, record_values
    from paydesk.foundation.audit.rules import seal_hash

    bend("UPDATE audit_record SET note = 'forged' WHERE subject_id = '4'")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {RECORD_COLUMNS} FROM audit_record r WHERE subject_id = '4'")
        forged = record_values(list(cursor.fetchone()))
        cursor.execute("SELECT previous_hash FROM audit_seal WHERE number = 5")
        previous = bytes(cursor.fetchone()[0])
    bend(f"UPDATE audit_seal SET hash = '\\x{seal_hash(previous, 5, forged).hex()}' WHERE number = 5")
    assert [(f.kind, f.number) for f in verify_chain().findings] == [("broken chain", 6)]


def test_a_record_that_lost_its_seal_is_named_with_the_gap(ten_sealed):
    bend("DELETE FROM audit_seal WHERE number BETWEEN 4 AND 5")
    found = verify_chain()
    assert [f.kind for f in found.findings] == ["gap", "missing seal", "missing seal"]
    assert (found.sealed, found.unsealed_tail) == (8, 0)


def test_a_record_slipped_in_among_the_sealed_is_found(ten_sealed):
    bend(
        "INSERT INTO audit_record (id, tx_id, at, actor, verb, subject_kind, subject_id, changes) "
        "VALUES (-5, '3', now(), 'person:1', 'x.made', 'x', '99', '{}')"
    )
    assert [(f.kind, f.record_id) for f in verify_chain().findings] == [("missing seal", -5)]
