"""The bad morning of the first run: everything that is wrong is there, and the books hold."""

from __future__ import annotations

from datetime import date

import pytest

from paydesk.demo.load import load_company
from paydesk.domain.payments.models import Payment, ReversalRow
from paydesk.domain.refunds.models import Refund
from paydesk.domain.statements.models import SourceFile, StatementLine
from paydesk.foundation.approvals.models import Approval
from paydesk.reporting.invariants import check_all


@pytest.mark.server
def test_what_goes_wrong_in_the_night_is_on_the_desk_in_the_morning(committed_db):
    load_company(customers=120, days=3, until=date(2026, 3, 3), seed=1, bad_morning=True)
    night = SourceFile.objects.get(filename__startswith="hubtel-night")
    wrong = SourceFile.objects.get(filename__startswith="hubtel-test-export")
    assert (night.state, night.payment_count, wrong.state, wrong.payment_count) == ("posted", 15, "posted", 8)
    payments = Payment.objects.filter(statement_line__file=night)
    assert payments.filter(state="reversed").count() == 1
    assert payments.filter(customer=None, claims__isnull=False).distinct().count() == 1
    asked = Refund.objects.filter(reason="duplicate", payment__in=payments)
    assert [refund.state for refund in asked] == ["requested"] * 6
    unasked = ReversalRow.objects.filter(reason="nobody_asked")
    assert set(unasked.values_list("kind", flat=True)) == {"payout", "adjustment"}
    assert set(unasked.values_list("currency", flat=True)) == {"GHS", "KES", "USD"}
    assert StatementLine.objects.filter(kind="conversion").count() == 2
    assert len(Approval.objects.get(kind="reversal_row.book_many").payload["row_ids"]) == 3
    assert [f.sentence for f in check_all(most_rows=3) if f.rows] == []
