"""The demo company through the real verbs: what was planted is what the desk decided."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from paydesk.demo import first_run, latest_morning
from paydesk.demo.load import DemoRefused, NotEmptyRefused, load_company
from paydesk.demo.tests.compare import differences, table
from paydesk.domain.payments.models import Payment
from paydesk.domain.statements.models import SourceFile
from paydesk.foundation.audit.models import AuditRecord
from paydesk.reporting.invariants import check_all

UNTIL = date(2026, 3, 4)


def test_the_desk_decides_every_planted_row_as_expected(committed_db: str, tmp_path: Path) -> None:
    truth = tmp_path / "truth"
    lines: list[str] = []
    made = load_company(customers=40, days=4, until=UNTIL, seed=10, truth=truth, say=lines.append)

    assert list(differences(truth)) == []
    assert [finding for finding in check_all(most_rows=5) if finding.rows] == []

    assert made.payments == Payment.objects.count() > 150
    assert Payment.objects.filter(rule="payer_link").count() > 0, "a relative is found by what was learnt"
    assert made.rows == len(table(truth, "rows.csv"))
    expected = {row["expected"] for row in table(truth, "callbacks.csv")}
    assert expected >= {"payment", "known", "pending", "rejected"}
    assert len(lines) == 5, "a line for the beginning and for each day"
    states = set(SourceFile.objects.values_list("state", flat=True))
    assert states == {"posted", "previewed", "mapping_needed", "refused", "discarded"}
    actors = set(AuditRecord.objects.values_list("actor", flat=True))
    assert actors >= {"system:demo", "system:worker"}

    with pytest.raises(NotEmptyRefused, match="--reset"):
        load_company(customers=40, days=5, until=UNTIL, seed=2)
    assert first_run(lines.append) == []
    assert Payment.objects.count() == made.payments


def test_the_first_run_ends_on_a_morning_that_is_over() -> None:
    assert latest_morning(datetime(2026, 3, 4, 9, 59, tzinfo=UTC)) == date(2026, 3, 3)
    assert latest_morning(datetime(2026, 3, 4, 10, 0, tzinfo=UTC)) == date(2026, 3, 4)


def test_sizes_that_make_no_company_are_refused(committed_db: str, tmp_path: Path) -> None:
    with pytest.raises(DemoRefused, match="customers"):
        load_company(customers=3, days=5, until=UNTIL, seed=2)
    (tmp_path / "rows.csv").write_text("mine")
    with pytest.raises(DemoRefused, match="not empty"):
        load_company(customers=40, days=5, until=UNTIL, seed=2, truth=tmp_path)
    assert not SourceFile.objects.exists()
