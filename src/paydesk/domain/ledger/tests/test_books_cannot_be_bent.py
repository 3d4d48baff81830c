"""Going around the ORM: as the application and as the owner, trying to break the books, and failing."""

import psycopg
import pytest

from conftest import owner_connection
from tests.builders import make_contract, make_source_account, receive, row

POSTED = "SELECT max(id) FROM ledger_entry"


@pytest.fixture(scope="module")
def posted(committed_module_db):
    make_contract(account_number="10482937")
    receive(make_source_account(), row(1, "25.00", reference="10482937"))
    with owner_connection(autocommit=True) as connection:
        yield connection


def refused(connection, statement, *, role=None, state=None):
    """The statement fails, under `role` where given, and nothing of it stays."""
    connection.autocommit = False
    try:
        if role:
            connection.execute(f"SET LOCAL ROLE {role}")
        with pytest.raises(psycopg.Error) as caught:
            connection.execute(statement)
        if state:
            assert caught.value.sqlstate == state, caught.value
    finally:
        connection.rollback()
        connection.autocommit = True


BOOKS = ["ledger_entry", "ledger_posting", "ledger_account", "ledger_balance", "ledger_chart"]


@pytest.mark.parametrize("table", BOOKS)
def test_the_application_can_only_read_the_books(posted, table):
    for statement in (
        f"DELETE FROM {table}",
        f"TRUNCATE {table} CASCADE",
        f"INSERT INTO {table} SELECT * FROM {table}",
    ):
        refused(posted, statement, role="paydesk_app", state="42501")
    refused(posted, "UPDATE ledger_posting SET amount_minor = 1", role="paydesk_app", state="42501")
    refused(posted, "UPDATE ledger_balance SET amount_minor = 1", role="paydesk_app", state="42501")


@pytest.mark.parametrize(
    "table", [*BOOKS, "statements_statementline", "payments_allocation", "contracts_creditevent"]
)
def test_not_even_the_owner_deletes_or_empties(posted, table):
    refused(posted, f"DELETE FROM {table}", state="42501")
    refused(posted, f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_posting SET amount_minor = amount_minor * 2",
        "UPDATE ledger_entry SET booked_on = booked_on - 1",
        "UPDATE statements_statementline SET amount_minor = 1",
        "UPDATE payments_payment SET amount_minor = amount_minor + 1",
        "UPDATE payments_payment SET evidence_key = 'x'",
        "UPDATE contracts_dueitem SET amount_minor = 1",
        "DELETE FROM payments_payment",
        "DELETE FROM parties_customer",
    ],
)
def test_not_even_the_owner_changes_what_happened(posted, statement):
    refused(posted, statement, state="42501")


def insert(entry, legs):
    rows = ", ".join(
        f"({entry}, {n}, {account}, {amount}, '{currency}')" for n, account, amount, currency in legs
    )
    return f"INSERT INTO ledger_posting (entry_id, leg_no, account_id, amount_minor, currency) VALUES {rows}"


def test_the_owner_cannot_add_a_balanced_pair_to_an_entry_afterwards(posted):
    entry = posted.execute(POSTED).fetchone()[0]
    one, two = (r[0] for r in posted.execute("SELECT id FROM ledger_account WHERE currency = 'GHS' LIMIT 2"))
    refused(posted, insert(entry, [(3, one, 5, "GHS"), (4, two, -5, "GHS")]), state="PD002")
    refused(posted, insert(entry, [(1, one, 5, "GHS"), (2, two, -5, "GHS")]), state="23505")


NEW_ENTRY = (
    "INSERT INTO ledger_entry (kind, market, booked_on, value_on, posted_at, leg_count, cause_kind, cause_id,"
    " idempotency_key, actor) VALUES ('x', 'GH', now(), now(), now(), 2, 'x', 1, 'x', 'x') RETURNING id"
)


@pytest.mark.parametrize(
    "legs",
    [
        [(1, "one", 5, "GHS"), (2, "two", -4, "GHS")],
        [(1, "one", 5, "GHS"), (2, "two", -5, "KES")],
        [(1, "one", 5, "KES"), (2, "two", -5, "KES")],
        [(1, "one", 5, "GHS")],
        [(1, "one", 0, "GHS"), (2, "two", 0, "GHS")],
        [(1, "one", 5, "GHS"), (2, 999999, -5, "GHS")],
        [(1, "one", 5, "GHS"), (2, "two", -4, "GHS"), (3, "two", -1, "GHS")],
    ],
    ids=[
        "unbalanced",
        "two currencies",
        "not the account's currency",
        "one leg",
        "zero",
        "no account",
        "a leg too many",
    ],
)
def test_the_owner_cannot_post_an_entry_that_is_not_whole(posted, legs):
    one, two = (r[0] for r in posted.execute("SELECT id FROM ledger_account WHERE currency = 'GHS' LIMIT 2"))
    named = {"one": one, "two": two}
    posted.autocommit = False
    entry = posted.execute(NEW_ENTRY).fetchone()[0]
    statement = insert(entry, [(n, named.get(account, account), amount, c) for n, account, amount, c in legs])
    with pytest.raises(psycopg.Error) as caught:
        posted.execute(statement)
    posted.rollback()
    posted.autocommit = True
    assert caught.value.sqlstate == "PD002"


def test_a_posting_without_an_entry_is_refused(posted):
    one, two = (r[0] for r in posted.execute("SELECT id FROM ledger_account WHERE currency = 'GHS' LIMIT 2"))
    refused(posted, insert(999999, [(1, one, 5, "GHS"), (2, two, -5, "GHS")]), state="PD002")


def test_nothing_is_posted_into_a_closed_period_and_facts_are_booked_on_the_first_open_day(committed_db):
    from django.db import transaction

    from paydesk.domain.ledger.models import JournalEntry
    from paydesk.domain.ledger.steps import Entry, Leg, PeriodClosedRefused, post_entries
    from tests.builders import NOON, TODAY, WORKER

    with owner_connection(autocommit=True) as owner:
        owner.execute(
            "INSERT INTO ledger_closed_period VALUES ('GH', %s, 'person:1', now())", [TODAY.replace(day=1)]
        )
    entry = Entry(
        "x",
        "GH",
        TODAY.replace(day=1),
        TODAY,
        "x",
        1,
        "x:1",
        [Leg("1020", 1, 5, "GHS"), Leg("4010", 0, -5, "GHS")],
    )
    with pytest.raises(PeriodClosedRefused), transaction.atomic():
        post_entries([entry], by=WORKER, at=NOON)
    receive(make_source_account(), row(1, "1.00", booked_on=TODAY.replace(day=1)))
    newest = JournalEntry.objects.order_by("-id").first()
    assert (newest.booked_on, newest.value_on) == (TODAY, TODAY.replace(day=1))


def test_the_same_idempotency_key_returns_the_first_outcome(committed_db):
    from django.db import transaction

    from paydesk.domain.ledger.models import Posting
    from paydesk.domain.ledger.steps import Entry, Leg, post_entries
    from tests.builders import NOON, TODAY, WORKER

    entry = Entry(
        "x", "GH", TODAY, TODAY, "x", 1, "x:1", [Leg("1020", 1, 5, "GHS"), Leg("4010", 0, -5, "GHS")]
    )
    with transaction.atomic():
        (first,) = post_entries([entry], by=WORKER, at=NOON)
        assert post_entries([entry], by=WORKER, at=NOON) == [-first]
    assert Posting.objects.count() == 2


def test_two_payments_at_once_on_one_contract_wait_for_each_other_and_none_is_lost(committed_db):
    import threading

    from django.db import connections

    from paydesk.domain.contracts.models import DueItem
    from paydesk.domain.payments.actions import receive_lines
    from tests.builders import NOON, WORKER, store_lines

    make_contract(account_number="10482937")
    account = make_source_account()
    lines = [store_lines(account, row(1, "7.00", reference="10482937"))[0].pk for _ in range(12)]
    problems = []

    def post(part):
        from django.db import transaction

        try:
            for line in part:
                with transaction.atomic():
                    receive_lines([line], by=WORKER, now=NOON)
        except Exception as problem:
            problems.append(problem)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=post, args=(lines[n::3],)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert problems == []
    assert sum(DueItem.objects.values_list("allocated_minor", flat=True)) == 12 * 7_00
