"""A day run against the provider's own file: what is proven, what is an exception, what a rerun does."""

from __future__ import annotations

import pytest

from paydesk.domain.reconciliation.actions import RunRefused, ask_run, perform_run
from paydesk.domain.reconciliation.models import Match, ReconciliationException
from paydesk.domain.reconciliation.queries import rows_behind
from paydesk.domain.reconciliation.rules import CLASSES, NEXT_STEPS
from paydesk.domain.reconciliation.tests.days import (
    DAY,
    NEXT_DAY,
    WORKER,
    call_back,
    hand_over,
    momo,
    portal_rows,
    run_day,
)
from paydesk.reporting.two_files.meanings import MEANINGS
from tests.builders import ANALYST

pytestmark = pytest.mark.django_db


def test_what_both_have_is_proven_and_every_difference_is_an_exception_of_its_class() -> None:
    account = momo()
    call_back(account, ("TX1", 1, "50.00"), ("TX2", 2, "20.00"), ("TX3", 3, "70.00"), ("TX4", 4, "10.00"))
    hand_over(
        account,
        portal_rows(
            ("TX1", 1, "50.00", "success"),
            ("TX2", 2, "25.00", "success"),
            ("TX4", 4, "10.00", "failed"),
            ("TX5", 5, "35.00", "success"),
        ),
    )
    run = run_day(account)
    assert (run.state, run.problem) == ("done", "")
    found = {each.kind: each for each in ReconciliationException.objects.all()}
    assert set(found) == {"amount_mismatch", "missing_at_provider", "status_mismatch"}
    mismatch = found["amount_mismatch"]
    assert (mismatch.amount_minor, mismatch.left["amount_minor"], mismatch.right["amount_minor"]) == (
        500,
        2000,
        2500,
    )
    assert found["missing_at_provider"].left["provider_ref"] == "TX3"
    assert found["status_mismatch"].amount_minor == 1000
    rows, total = rows_behind(run, found="match")
    assert total == 2
    assert {row["left_minor"] for row in rows} == {5000, 3500}

    again = run_day(account)
    assert again.digest == run.digest
    assert ReconciliationException.objects.count() == 3
    assert again.summary["changes"]["new"] == 0


def test_a_late_file_proves_what_was_missing() -> None:
    account = momo()
    call_back(account, ("TX1", 1, "50.00"), ("TX2", 2, "20.00"))
    hand_over(account, portal_rows(("TX1", 1, "50.00", "success")))
    run_day(account)
    assert ReconciliationException.objects.get().kind == "missing_at_provider"
    hand_over(
        account, portal_rows(("TX1", 1, "50.00", "success"), ("TX2", 2, "20.00", "success")), "rest.csv"
    )
    run_day(account)
    found = ReconciliationException.objects.get()
    assert (found.state, found.resolution) == ("resolved", "proven")


def test_a_dry_run_and_a_run_of_a_day_without_a_file_change_nothing() -> None:
    account = momo()
    call_back(account, ("TX1", 1, "50.00"))
    with pytest.raises(RunRefused, match="No file of the provider covers 02 Mar 2026"):
        ask_run(account.pk, DAY, by=ANALYST, now=NEXT_DAY)
    hand_over(account, portal_rows(("TX9", 1, "50.00", "success")))
    run = run_day(account, is_dry=True)
    assert run.state == "done"
    assert run.summary["classes"] or run.summary["counts"]
    assert not ReconciliationException.objects.exists()
    assert not Match.objects.exists()


def test_a_worker_killed_three_times_gives_up_and_says_so() -> None:
    account = momo()
    hand_over(account, portal_rows(("TX1", 1, "50.00", "success")))
    run = ask_run(account.pk, DAY, by=ANALYST, now=NEXT_DAY)
    type(run).objects.filter(pk=run.pk).update(state="running", attempts=3)
    assert perform_run(run.pk, by=WORKER, now=NEXT_DAY).problem.startswith("Its worker stopped")
    assert run_day(account).state == "done"


def test_every_class_of_two_files_can_be_kept_and_says_what_to_do() -> None:
    assert set(MEANINGS) <= set(CLASSES) == set(NEXT_STEPS)
