"""The journal leaves once: every entry in exactly one batch, late ones in the next, copies marked."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from paydesk.domain.ledger.models import JournalEntry
from paydesk.foundation.audit.models import AuditRecord
from paydesk.foundation.people.authority import rights_of
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import NotAllowedRefused
from paydesk.reporting.books.actions import JournalExportRefused, export_journal, hand_out_journal
from paydesk.reporting.books.models import JournalCopy, JournalExport
from paydesk.reporting.books.queries import journal
from paydesk.reporting.books.rules import copy_mark
from paydesk.reporting.books.tests.histories import entries, post
from paydesk.reporting.invariants import check_all
from tests.browser.people import make_market
from tests.builders import ANALYST, NOON, TODAY, WORKER

CONTROLLER = Actor("person", 900002, "Controller", rights_of(["FC"]), frozenset({"GH"}))
LATER = NOON + timedelta(days=9)
DRAWN = ("GH", ("1020", "2010"), (1, 1), 500, 1, 0)
YESTERDAY = TODAY - timedelta(days=1)


def export(through_on, market="GH", by=WORKER, now=LATER):
    return export_journal(market, through_on, by=by, now=now)


class JournalExports(TestCase):
    def setUp(self):
        make_market("GH")
        make_market("KE")

    @settings(max_examples=15, deadline=None)
    @given(st.lists(st.tuples(st.lists(entries, max_size=6), st.integers(0, 4)), min_size=1, max_size=5))
    def test_every_entry_is_in_exactly_one_batch_once_its_day_is_exported(self, steps):
        for market in ("GH", "KE"):
            make_market(market)
        through = {"GH": None, "KE": None}
        last_id = 0
        for drawn, ago in steps:
            for each in drawn:
                post(each)
            last_id = max(JournalEntry.objects.values_list("id", flat=True), default=0)
            for market in through:
                try:
                    export(TODAY - timedelta(days=ago), market)
                    through[market] = TODAY - timedelta(days=ago)
                except JournalExportRefused:
                    pass
        held = Counter()
        for batch in JournalExport.objects.all():
            sums = Counter()
            for line in journal.lines_of(batch):
                sums[line.amount.currency] += line.amount.amount_minor
            held.update({line.entry for line in journal.lines_of(batch)})
            assert not any(sums.values()), "a batch balances in every currency"
            assert journal.content_of(batch).sealed == batch.content_hash
        assert set(held.values()) <= {1}
        due = [
            e for e in JournalEntry.objects.filter(id__lte=last_id)
            if through[e.market] and e.booked_on <= max(
                b.through_on for b in JournalExport.objects.filter(market=e.market))
        ]  # fmt: skip
        newest = {b.market: b.last_entry_id for b in JournalExport.objects.order_by("number")}
        assert sum(held.values()) == sum(e.id <= newest[e.market] for e in due)
        assert not [f for f in check_all(most_rows=3, own_snapshot=False) if f.rows and "journal" in f.name]

    def test_what_is_posted_late_goes_into_the_next_batch_as_late(self):
        post(DRAWN)
        first = export(YESTERDAY)
        post(DRAWN)
        post(("GH", ("1020", "2010"), (1, 1), 300, 0, 0))
        second = export(TODAY)
        assert (first.entries, first.late_entries, second.entries, second.late_entries) == (1, 0, 2, 1)
        assert [(line.booked_on, line.late, line.debit_minor, line.credit_minor)
                for line in journal.content_of(second).lines] == [
            (YESTERDAY, True, 500, 0), (YESTERDAY, True, 0, 500),
            (TODAY, False, 300, 0), (TODAY, False, 0, 300),
        ]  # fmt: skip

    def test_a_day_that_is_not_over_or_has_nothing_new_is_refused_and_nothing_is_written(self):
        post(DRAWN)
        export(YESTERDAY)
        for through_on, now, words in (
            (YESTERDAY, LATER, "Nothing was posted"),
            (YESTERDAY - timedelta(days=1), LATER, "exported through"),
            (TODAY, NOON, "is not over yet"),
        ):
            with pytest.raises(JournalExportRefused, match=words):
                export(through_on, now=now)
        assert JournalExport.objects.count() == 1

    def test_the_first_copy_is_the_original_and_each_other_a_re_export_on_record(self):
        post(DRAWN)
        batch = export(YESTERDAY, by=CONTROLLER)
        forms = ("summary.csv", "summary.csv", "detail.xlsx")
        copies = [hand_out_journal(batch.pk, form=form, by=CONTROLLER, now=LATER) for form in forms]
        assert [copy_mark(c.number) for c in copies] == ["original", "re-export 1", "re-export 2"]
        assert list(AuditRecord.objects.order_by("id").values_list("verb", "actor")) == [
            ("journal.exported", CONTROLLER.label),
            *[("journal.handed_out", CONTROLLER.label)] * 3,
        ]

    def test_who_may_not_export_is_refused_and_nothing_changes(self):
        post(DRAWN)
        batch = export(YESTERDAY)
        elsewhere = Actor("person", 9, "Elsewhere", rights_of(["FC"]), frozenset({"KE"}))
        for by in (ANALYST, elsewhere, Actor("person", 8, "Auditor", rights_of(["AU"]))):
            with pytest.raises(NotAllowedRefused):
                export(TODAY, by=by)
            with pytest.raises(NotAllowedRefused):
                hand_out_journal(batch.pk, form="summary.csv", by=by, now=LATER)
        assert (JournalExport.objects.count(), JournalCopy.objects.count()) == (1, 0)


def test_an_export_changed_behind_the_desk_is_not_handed_out(committed_db):
    """The owner switches the triggers off and bends two amounts so that every sum stays."""
    from conftest import owner_connection

    make_market("GH")
    post(DRAWN)
    post(DRAWN)
    batch = export(YESTERDAY)
    with owner_connection() as owner:
        owner.execute("ALTER TABLE ledger_posting DISABLE TRIGGER USER")
        owner.execute(
            "UPDATE ledger_posting SET amount_minor = amount_minor + entry_id * 2 - 3 WHERE leg_no = 1"
        )
    with pytest.raises(JournalExportRefused, match="not what they were"):
        hand_out_journal(batch.pk, form="summary.csv", by=WORKER, now=LATER)
    assert JournalCopy.objects.count() == 0
