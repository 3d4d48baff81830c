"""What people do about exceptions: match, adjust by two, wait, say how; and a day signed by two."""

from __future__ import annotations

from datetime import timedelta

import pytest

from paydesk.domain.cases import asks
from paydesk.domain.ledger.models import Posting
from paydesk.domain.reconciliation import actions, queries
from paydesk.domain.reconciliation.actions.explaining import end_waiting
from paydesk.domain.reconciliation.models import Match, ReconciliationException
from paydesk.domain.reconciliation.tests.days import (
    DAY,
    MORNING,
    NEXT_DAY,
    WORKER,
    call_back,
    hand_over,
    lost_by_intake,
    momo,
    portal_rows,
    run_day,
)
from paydesk.foundation.approvals.steps import SamePersonRefused
from paydesk.foundation.assignments.actions import set_next_step
from paydesk.foundation.people.authority import rights_of
from paydesk.foundation.people.models import Person
from paydesk.kernel.actor import Actor
from paydesk.kernel.public_codes import code_of
from paydesk.kernel.refused import ChangedRefused
from paydesk.reporting.invariants import check_all
from tests.builders import ANALYST

pytestmark = pytest.mark.django_db
LEAD = Actor("person", 900002, "Lead", rights_of(["TL"]), frozenset({"GH"}))
CONTROLLER = Actor("person", 900003, "Controller", rights_of(["FC"]), frozenset({"GH"}))


def only(kind: str) -> ReconciliationException:
    return ReconciliationException.objects.get(kind=kind)


def test_what_a_person_matched_is_locked_against_rules_until_it_is_taken_apart() -> None:
    account = momo()
    hand_over(account, portal_rows(("TX7", 300, "20.00", "success")))
    call_back(account, ("TX1", 1, "50.00"))
    lost_by_intake(account, portal_rows(("OTHER", 400, "50.00", "success"), ("MORE", 500, "9.00", "success")))
    run_day(account)
    ours = only("missing_at_provider")
    theirs, more = ReconciliationException.objects.filter(kind="missing_in_ledger").order_by("-amount_minor")
    why = queries.why_not_offered(theirs, ours)
    assert {each["name"]: each["level"] for each in why["fields"]}["provider_ref"] == "differs"
    assert why["would_change"]
    said = asks.references_in(f"About {code_of('EXC', ours.pk)}, please", ANALYST, "GH")
    assert [each.link for each in said] == [("exception", ours.pk)]

    with pytest.raises(actions.MatchRefused, match=r"come to 50\.00 GHS and the provider's to 59\.00 GHS"):
        actions.match_by_hand([ours.pk, theirs.pk, more.pk], reason="all", by=ANALYST, now=NEXT_DAY)
    match = actions.match_by_hand(
        [ours.pk, theirs.pk], reason="Other id, same payer.", by=ANALYST, now=NEXT_DAY
    )
    assert (match.kind, match.state) == ("1:1", "confirmed")
    run_day(account)
    assert set(queries.unsolved(ANALYST).values_list("kind", flat=True)) == {"missing_in_ledger"}
    assert set(ReconciliationException.objects.filter(resolution="matched").values_list("pk", flat=True)) == {
        ours.pk, theirs.pk,
    }  # fmt: skip

    actions.revoke_match(
        match.pk, reason="It was another payer.", version=match.version, by=ANALYST, now=NEXT_DAY
    )
    assert queries.unsolved(ANALYST).count() == 3
    run_day(account)
    assert queries.unsolved(ANALYST).count() == 3


def test_rows_of_a_rejected_suggestion_are_exceptions_until_something_else_proves_them() -> None:
    account = momo()
    hand_over(account, portal_rows(("TX7", 300, "20.00", "success")))
    call_back(account, ("TX1", 1, "31.00"), ("TX2", 2, "19.25"))
    lost_by_intake(account, portal_rows(("BULK", 3, "50.25", "success")))
    run_day(account)
    assert not ReconciliationException.objects.exists()
    (proposal,) = queries.suggestions(ANALYST)
    actions.reject_suggestion(proposal.pk, version=proposal.version, by=ANALYST, now=NEXT_DAY)
    for _ in range(2):
        run_day(account)
        assert not queries.suggestions(ANALYST).exists()
        kinds = queries.unsolved(ANALYST).values_list("kind", flat=True)
        assert sorted(kinds) == ["missing_at_provider", "missing_at_provider", "missing_in_ledger"]


def test_a_difference_is_adjusted_by_two_and_posted_once() -> None:
    account = momo()
    call_back(account, ("TX1", 1, "50.00"))
    hand_over(account, portal_rows(("TX1", 1, "49.50", "success")))
    run_day(account)
    found = only("amount_mismatch")
    approval = actions.request_adjustment(
        found.pk,
        adjust_as="fee",
        reason="The telco kept it.",
        version=found.version,
        by=ANALYST,
        now=NEXT_DAY,
    )
    with pytest.raises(SamePersonRefused):
        actions.approve_adjustment(approval.pk, by=ANALYST, now=NEXT_DAY)
    actions.approve_adjustment(approval.pk, by=LEAD, now=NEXT_DAY)
    match = Match.objects.get()
    legs = Posting.objects.filter(entry_id=match.entry_id).values_list("account__code", "amount_minor")
    assert sorted(legs) == [("1020", -50), ("5010", 50)]
    run_day(account)
    found.refresh_from_db()
    assert (found.state, found.resolution, queries.unsolved(ANALYST).count()) == ("resolved", "fee", 0)
    assert not [
        each
        for each in check_all(most_rows=5, own_snapshot=False)
        if each.rows and each.name != "documents_kept"
    ]


def test_what_waits_opens_by_itself_and_a_stale_page_changes_nothing() -> None:
    account = momo()
    call_back(account, ("TX1", 1, "50.00"))
    hand_over(account, portal_rows(("TX2", 2, "20.00", "success")))
    run_day(account)
    found = only("missing_at_provider")
    with pytest.raises(actions.ExceptionRefused, match="still to come"):
        actions.accept_timing(found.pk, until=DAY, reason="late", by=ANALYST, now=NEXT_DAY)
    until = NEXT_DAY.date() + timedelta(days=2)
    actions.accept_timing(
        found.pk, until=until, reason="Comes with the next file.", version=1, by=ANALYST, now=NEXT_DAY
    )
    with pytest.raises(ChangedRefused):
        actions.resolve_exception(found.pk, how="chased", reason="x", version=1, by=ANALYST, now=NEXT_DAY)
    run_day(account)
    found.refresh_from_db()
    assert (found.state, found.waits_for) == ("pending", "timing")
    assert list(queries.waiting_over(until)) == [found.pk]
    end_waiting(found.pk, by=WORKER, now=NEXT_DAY + timedelta(days=2))
    found.refresh_from_db()
    assert (found.state, found.waits_until) == ("open", None)
    actions.resolve_exception(found.pk, how="chased", reason="They paid it back.", by=ANALYST, now=NEXT_DAY)
    actions.reopen_exception(found.pk, reason="They did not.", by=ANALYST, now=NEXT_DAY)
    found.refresh_from_db()
    assert found.state == "open"


def test_a_day_is_signed_by_two_once_everything_has_an_owner_and_a_next_step() -> None:
    account = momo()
    call_back(account, ("TX1", 1, "50.00"))
    hand_over(account, portal_rows(("TX2", 2, "20.00", "success")))
    with pytest.raises(actions.DayRefused, match="not reconciled yet"):
        actions.ask_to_sign(account.pk, DAY, by=ANALYST, now=NEXT_DAY)
    run_day(account)
    with pytest.raises(actions.DayRefused, match="1 exception without an owner"):
        actions.ask_to_sign(account.pk, DAY, by=ANALYST, now=NEXT_DAY)
    found = only("missing_at_provider")
    person = Person.objects.create(
        email="ama@desk.example", name="Ama", initials="AM", time_zone="UTC", created_at=NEXT_DAY
    )
    owner = Actor("person", person.pk, "Ama", rights_of(["AN"]), frozenset({"GH"}))
    set_next_step(
        ("exception", found.pk), market="GH", text="Ask the provider", on=NEXT_DAY.date(),
        today=NEXT_DAY.date(), by=owner, now=NEXT_DAY,
    )  # fmt: skip
    with pytest.raises(actions.DayRefused, match="Say why"):
        actions.ask_to_sign(account.pk, DAY, by=ANALYST, now=NEXT_DAY)
    approval = actions.ask_to_sign(account.pk, DAY, note="One is asked about.", by=ANALYST, now=NEXT_DAY)
    day = actions.approve_signature(approval.pk, by=LEAD, now=NEXT_DAY)
    assert (day.state, day.proof["moved_minor"], day.proof["exceptions"]["missing_at_provider"]["count"]) == (
        "signed", 7000, 1,
    )  # fmt: skip
    with pytest.raises(actions.RunRefused, match="signed"):
        actions.ask_run(account.pk, DAY, by=ANALYST, now=NEXT_DAY)
    reopening = actions.ask_to_reopen(day.pk, note="A file came late.", by=LEAD, now=NEXT_DAY)
    assert actions.approve_reopening(reopening.pk, by=CONTROLLER, now=NEXT_DAY).state == "open"
    assert run_day(account).state == "done"


def test_the_heat_tells_how_each_day_stands() -> None:
    account = momo()
    assert {cell.state for cell in queries.heat(ANALYST, [account], first=DAY, last=DAY)} == {"none"}
    call_back(account, ("TX1", 1, "50.00"))
    hand_over(account, portal_rows(("TX1", 1, "50.00", "success")))
    (cell,) = queries.heat(ANALYST, [account], first=DAY, last=DAY)
    assert (cell.state, cell.rows) == ("due", 1)
    assert queries.days_to_run(NEXT_DAY) == [(account.pk, DAY)]
    run_day(account)
    (cell,) = queries.heat(ANALYST, [account], first=DAY, last=DAY)
    assert cell.state == "proven"
    assert queries.days_to_run(NEXT_DAY) == []
    assert MORNING.date() == DAY
