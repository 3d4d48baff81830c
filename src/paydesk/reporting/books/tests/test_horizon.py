"""Entries are summed once, and only when no lower id can appear any more: also beside somebody who posts."""

import threading

from django.db import connection, connections, transaction

from paydesk.reporting.books.actions import sum_up_postings
from paydesk.reporting.books.models import DailySum
from paydesk.reporting.books.queries import horizon
from paydesk.reporting.books.tests.histories import post
from tests.builders import NOON

# Of other accounts: on the same customer the second would wait for the first.
OF_ANOTHER = ("GH", ("1020", "2010"), (2, 2), 70, 0, 0)
DRAWN = ("GH", ("1020", "2010"), (1, 1), 500, 0, 0)


def test_nobody_is_waited_for_and_nothing_is_left_out(committed_db):
    """A posts and stays open; B posts after it and commits: B's higher id is not summed before A ends."""
    posted, may_end = threading.Event(), threading.Event()

    def slow_poster():
        try:
            with transaction.atomic():
                post(DRAWN)
                posted.set()
                may_end.wait(20)
        finally:
            connections.close_all()

    slow = threading.Thread(target=slow_poster)
    slow.start()
    assert posted.wait(20)
    post(OF_ANOTHER)
    assert sum_up_postings(NOON) == 0
    assert sum_up_postings(NOON) == 0
    may_end.set()
    slow.join(20)
    assert sum_up_postings(NOON) == horizon.newest_entry() == 2
    assert sum_up_postings(NOON) == 2
    assert {(s.code, s.key_id, s.debit_minor, s.credit_minor) for s in DailySum.objects.all()} == {
        ("1020", 1, 500, 0),
        ("1020", 2, 70, 0),
        ("2010", 0, 0, 570),
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT waits_for FROM books_horizon")
        assert cursor.fetchone()[0] == []
