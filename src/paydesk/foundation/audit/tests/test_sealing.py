"""Sealing numbers committed records without gaps, in an order that is final, one sealer at a time."""

import threading
from datetime import UTC, datetime

import psycopg
import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from conftest import owner_connection
from paydesk.foundation.audit.actions import SEALER_LOCK, seal
from paydesk.foundation.audit.models import AuditSeal
from paydesk.foundation.audit.queries import verify_chain
from paydesk.foundation.audit.rules import GENESIS, RecordValues, canonical_bytes, seal_hash
from paydesk.foundation.audit.steps import record
from paydesk.kernel.actor import system

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("committed_db")


def make_record(subject_id: int = 1) -> int:
    with transaction.atomic():
        return record(
            "x.made", subject=("x", subject_id), by=system("test"), at=NOON, changes={"n": subject_id}
        )


def sealed_records() -> list[int]:
    return list(AuditSeal.objects.order_by("number").values_list("record_id", flat=True))


def test_numbers_start_at_one_and_have_no_gaps_although_ids_do():
    first = make_record()
    with transaction.atomic():
        record("x.made", subject=("x", 2), by=system("test"), at=NOON, changes={})
        transaction.set_rollback(True)
    third = make_record(3)
    assert third > first + 1
    assert seal(NOON) == 2
    assert seal(NOON) == 0
    make_record(4)
    assert seal(NOON, batch=1) == 1
    assert list(AuditSeal.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3]
    found = verify_chain()
    assert (found.findings, found.sealed, found.unsealed_tail, found.head_number) == ([], 3, 0, 3)
    assert found.head_hash == bytes(AuditSeal.objects.get(number=3).hash)


def test_an_empty_trail_is_in_order():
    found = verify_chain()
    assert (found.findings, found.sealed, found.unsealed_tail, found.head_hash) == ([], 0, 0, GENESIS)


def test_batches_continue_one_chain():
    for number in range(7):
        make_record(number)
    assert seal(NOON, batch=3) == 7
    assert verify_chain().findings == []


def test_a_record_waits_while_an_older_transaction_is_open():
    with owner_connection() as other:
        other.execute(
            "INSERT INTO audit_record (at, actor, verb, subject_kind, subject_id, changes) "
            "VALUES (now(), 'system:other', 'x.made', 'x', '1', '{}')"
        )
        later = make_record(2)
        assert seal(NOON) == 0
        assert verify_chain().unsealed_tail == 1
        other.commit()
        assert seal(NOON) == 2
    assert sealed_records()[-1] == later, "the transaction that began first comes first"
    assert verify_chain().findings == []


def test_a_transaction_of_another_database_holds_nothing_up():
    with (
        owner_connection() as here,
        psycopg.connect(here.info.dsn, password=here.info.password, dbname="postgres") as other,
    ):
        other.execute("SELECT pg_current_xact_id()")
        make_record()
        assert seal(NOON) == 1


def test_only_one_sealer_works_at_a_time():
    make_record()
    with owner_connection() as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", (SEALER_LOCK,))
        assert seal(NOON) == 0
    assert seal(NOON) == 1


def test_sealers_and_writers_at_once_make_one_sound_chain():
    problems: list[BaseException] = []
    writing = threading.Event()

    def guarded(work):
        def thread_body():
            try:
                work()
            except BaseException as problem:
                problems.append(problem)
            finally:
                connections.close_all()

        return thread_body

    def write():
        for number in range(60):
            make_record(number)

    def keep_sealing():
        while not writing.is_set():
            seal(NOON, batch=7)

    writers = [threading.Thread(target=guarded(write)) for _ in range(2)]
    sealers = [threading.Thread(target=guarded(keep_sealing)) for _ in range(2)]
    for thread in writers + sealers:
        thread.start()
    for thread in writers:
        thread.join()
    writing.set()
    for thread in sealers:
        thread.join()
    seal(NOON)
    found = verify_chain()
    assert problems == []
    assert (found.findings, found.sealed, found.unsealed_tail) == ([], 120, 0)


def test_after_a_restore_on_another_server_sealing_goes_on():
    """There the transaction ids begin anew, so the records kept from before are "in the future"."""

    def restored_record(number: int) -> None:
        with owner_connection() as owner:
            owner.execute(
                "INSERT INTO audit_record (id, tx_id, at, actor, verb, subject_kind, subject_id, changes) "
                "VALUES (%s, %s, now(), 'system:old', 'x.made', 'x', '1', '{}')",
                (number, str(900_000_000_000 + number)),
            )

    restored_record(100)
    assert seal(NOON) == 1
    restored_record(101)
    new = make_record(3)
    found = verify_chain()
    assert (found.findings, found.unsealed_tail) == ([], 2)
    assert seal(NOON) == 2
    assert sealed_records() == [100, 101, new]
    newer = make_record(4)
    assert seal(NOON) == 1
    assert sealed_records()[-1] == newer
    assert verify_chain().findings == []


def test_many_records_are_sealed_set_by_set():
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_record (at, actor, verb, subject_kind, subject_id, changes) "
            "SELECT now(), 'system:test', 'x.made', 'x', i::text, jsonb_build_object('n', i) "
            "FROM generate_series(1, 20000) i"
        )
    with CaptureQueriesContext(connection) as asked:
        assert seal(NOON) == 20_000
    assert len(asked) < 100
    assert seal(NOON) == 0


def values(**other) -> RecordValues:
    fields = {
        "id": 5, "tx_id": 900, "at": NOON, "actor": "person:12", "person_id": 12, "verb": "x.made",
        "subject_kind": "x", "subject_id": "1", "market": None, "changes": {"b": 1, "a": "é"}, "note": "",
    }  # fmt: skip
    return RecordValues(**(fields | other))


class TestCanonicalBytes:
    """The format is for ever: a change here makes every old chain look broken."""

    def test_the_bytes_of_a_record(self):
        assert canonical_bytes(1, values()).decode() == (
            '[1,5,900,"2026-03-01T12:00:00.000000+00:00","person:12",12,"x.made","x","1",null,{"a":"é","b":1},""]'
        )

    def test_the_same_instant_in_another_zone_is_the_same(self):
        from zoneinfo import ZoneInfo

        assert canonical_bytes(1, values(at=NOON.astimezone(ZoneInfo("Africa/Nairobi")))) == canonical_bytes(
            1, values()
        )

    def test_the_hash(self):
        assert seal_hash(GENESIS, 1, values()).hex() == (
            "aa247af94c3fa7f9ba94d0174e709cfcbc780cca5e6a19ce5076a66c1471d922"
        )
        assert seal_hash(GENESIS, 2, values()) != seal_hash(GENESIS, 1, values())
