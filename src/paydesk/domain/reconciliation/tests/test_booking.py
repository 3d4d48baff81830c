"""Money booked for an exception, each by two: the missing payment, a small difference, both taken back."""

from __future__ import annotations

import pytest

from paydesk.domain.ledger.models import Posting
from paydesk.domain.payments.models import Payment
from paydesk.domain.reconciliation import actions, previews, queries
from paydesk.domain.reconciliation.models import Match, ReconciliationException
from paydesk.domain.reconciliation.tests.days import (
    NEXT_DAY,
    call_back,
    hand_over,
    lost_by_intake,
    momo,
    portal_rows,
    run_day,
)
from paydesk.foundation.approvals.steps import SamePersonRefused
from paydesk.foundation.people.authority import rights_of
from paydesk.kernel.actor import Actor
from paydesk.reporting.invariants import check_all
from tests.builders import ANALYST

pytestmark = pytest.mark.django_db
LEAD = Actor("person", 900002, "Lead", rights_of(["TL"]), frozenset({"GH"}))


def only(kind: str) -> ReconciliationException:
    return ReconciliationException.objects.get(kind=kind)


def broken() -> list[str]:
    found = check_all(most_rows=5, own_snapshot=False)
    return [each.name for each in found if each.rows and each.name != "documents_kept"]


def test_a_payment_that_intake_lost_is_posted_from_the_file_by_two() -> None:
    account = momo()
    call_back(account, ("TX1", 1, "50.00"))
    lost_by_intake(account, portal_rows(("TX1", 1, "50.00", "success"), ("TX2", 2, "20.00", "success")))
    run_day(account)
    found = only("missing_in_ledger")
    shown = previews.posting_of(found, by=ANALYST, now=NEXT_DAY)
    assert (shown.row, shown.amount.amount_minor, shown.open.amount_minor) == (3, 2000, 2000)
    assert Payment.objects.count() == 1
    with pytest.raises(actions.ExceptionRefused, match="somebody's money"):
        actions.request_exception_write_off(found.pk, reason="small", by=ANALYST, now=NEXT_DAY)
    approval = actions.request_posting(found.pk, reason="Lost on the way.", by=ANALYST, now=NEXT_DAY)
    with pytest.raises(SamePersonRefused):
        actions.approve_posting(approval.pk, by=ANALYST, now=NEXT_DAY)
    assert Payment.objects.count() == 1
    actions.approve_posting(approval.pk, by=LEAD, now=NEXT_DAY)
    assert Payment.objects.get(statement_line__provider_ref="TX2").amount_minor == 2000
    found.refresh_from_db()
    assert (found.state, found.resolution) == ("resolved", "posted")
    run_day(account)
    assert not queries.unsolved(ANALYST).exists()
    assert broken() == ["posted_files_account_for_every_row"]  # the row that intake lost and we had already


def test_a_small_difference_is_written_off_by_two_and_taken_back_by_two() -> None:
    account = momo()
    call_back(account, ("TX1", 1, "50.00"), ("TX2", 2, "0.80"), ("TX3", 3, "70.00"))
    hand_over(account, portal_rows(("TX1", 1, "49.60", "success")))
    run_day(account)
    large = ReconciliationException.objects.get(amount_minor=7000)
    with pytest.raises(actions.ExceptionRefused, match="not a small difference: up to 1.00 GHS is"):
        actions.request_exception_write_off(large.pk, reason="gone", by=ANALYST, now=NEXT_DAY)
    for found, moved in (
        (only("amount_mismatch"), -40), (ReconciliationException.objects.get(amount_minor=80), -80),
    ):  # fmt: skip
        approval = actions.request_exception_write_off(
            found.pk, reason="Not worth a letter.", version=found.version, by=ANALYST, now=NEXT_DAY
        )
        with pytest.raises(SamePersonRefused):
            actions.approve_exception_write_off(approval.pk, by=ANALYST, now=NEXT_DAY)
        actions.approve_exception_write_off(approval.pk, by=LEAD, now=NEXT_DAY)
        found.refresh_from_db()
        match = Match.objects.get(residual_minor=moved)
        legs = Posting.objects.filter(entry_id=match.entry_id).values_list("account__code", "amount_minor")
        assert sorted(legs) == [("1020", moved), ("5060", -moved)]
        assert found.resolution == "written_off"
    run_day(account)
    assert [each.amount_minor for each in queries.unsolved(ANALYST)] == [7000]

    with pytest.raises(actions.ExceptionRefused, match="Nothing was booked"):
        actions.request_take_back(large.pk, reason="x", by=ANALYST, now=NEXT_DAY)
    back = actions.request_take_back(found.pk, reason="They paid it.", by=ANALYST, now=NEXT_DAY)
    actions.approve_take_back(back.pk, by=LEAD, now=NEXT_DAY)
    found.refresh_from_db()
    match.refresh_from_db()
    assert (found.state, match.state) == ("open", "revoked")
    assert sum(Posting.objects.filter(account__code="5060").values_list("amount_minor", flat=True)) == 40
    run_day(account)
    assert queries.unsolved(ANALYST).count() == 2
    assert broken() == []
