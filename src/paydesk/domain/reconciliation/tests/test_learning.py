"""The desk learns: repeated matches of one shape are proposed, two people adopt it, the next run uses it."""

from __future__ import annotations

import pytest

from paydesk.domain.reconciliation import actions, learning, queries
from paydesk.domain.reconciliation.models import Match, ReconciliationException, RuleProposal, RulesVersion
from paydesk.domain.reconciliation.rule_texts import with_number
from paydesk.domain.reconciliation.shapes import Change
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
from paydesk.foundation.approvals.actions import reject_approval
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.approvals.steps import SamePersonRefused
from paydesk.foundation.people.authority import rights_of
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import NotAllowedRefused
from paydesk.matching.rules import RulesRefused
from tests.builders import ANALYST

pytestmark = pytest.mark.django_db
LEAD = Actor("person", 900002, "Lead", rights_of(["TL"]), frozenset({"GH"}))
CONTROLLER = Actor("person", 900003, "Controller", rights_of(["FC"]), frozenset({"GH"}))


def matched_by_hand(pairs: int) -> None:
    """Payments that the provider shows hours later under other ids: one phone number, equal amounts."""
    account = momo()
    ours = [(f"OURS{n}", n, f"{20 + n}.00") for n in range(4)]
    theirs = [(f"T{n}HEIRS", 300 + n, f"{20 + n}.00", "success") for n in range(4)]
    # Others pay as much, so that no amount stands once; they have other numbers.
    others = [(f"MORE{n}", n, f"{20 + n}.00") for n in range(4)]
    phones = {f"{who}": f"02441234{n}0" for n in range(4) for who in (f"OURS{n}", f"T{n}HEIRS")}
    phones |= {f"MORE{n}": f"02441234{n}5" for n in range(4)}
    hand_over(account, portal_rows(("TX0", 900, "5.00", "success")))
    call_back(account, *ours, *others, phones=phones)
    lost_by_intake(account, portal_rows(*theirs, phones=phones))
    run_day(account)
    for n in range(pairs):
        found = ReconciliationException.objects.filter(amount_minor=2000 + 100 * n)
        left, right = (
            found.filter(**{f"{side}__provider_ref": ref}).get().pk
            for side, ref in (("left", f"OURS{n}"), ("right", f"T{n}HEIRS"))
        )
        actions.match_by_hand([left, right], reason="The telco says so.", by=ANALYST, now=NEXT_DAY)


def test_three_matches_of_one_shape_are_proposed_with_what_they_would_have_done() -> None:
    matched_by_hand(2)
    assert actions.learn_from_matches(by=WORKER, now=NEXT_DAY) == []
    actions.set_matches_needed(2, by=LEAD, now=NEXT_DAY)
    (proposal,) = actions.learn_from_matches(by=WORKER, now=NEXT_DAY)
    assert (proposal.rule, proposal.number, proposal.was, proposal.value) == ("likeness", "minutes", 120, 360)
    assert (len(proposal.match_ids), proposal.days) == (2, 1)
    assert (proposal.agreed, proposal.contradicted, proposal.undecided) == (2, 0, 2)
    assert actions.learn_from_matches(by=WORKER, now=NEXT_DAY) == []  # it waits for a decision

    with pytest.raises(NotAllowedRefused):
        actions.request_proposal(proposal.pk, note="x", by=ANALYST, now=NEXT_DAY)
    version = actions.request_proposal(proposal.pk, note="The telco is slow.", by=LEAD, now=NEXT_DAY)
    assert queries.rules_in_force().version is None
    approval = Approval.objects.get()
    with pytest.raises(SamePersonRefused):
        actions.approve_rules(approval.pk, by=LEAD, now=NEXT_DAY)
    actions.approve_rules(approval.pk, by=CONTROLLER, now=NEXT_DAY)
    own = queries.rules_in_force().rules
    rule = own.named("likeness")
    assert rule is not None
    assert (own.version, rule["minutes"]) == (version.label, 360)
    assert RuleProposal.objects.get().state == "adopted"
    run = run_day(Match.objects.all()[0].source_account)
    assert run.rules_version == version.label
    assert [use.label for use in queries.uses_of_rules(ANALYST)][0] == version.label


def test_a_refused_proposal_comes_again_only_with_twice_as_many_matches() -> None:
    change = Change("phone_later", "likeness", "minutes", 120, 360)
    fields = {"shape": change.shape, "rule": change.rule, "number": change.number, "was": 120, "value": 360}
    proposal = RuleProposal.objects.create(**fields, rules_version="3", match_ids=[1, 2, 3], made_at=MORNING)
    with pytest.raises(actions.RulesChangeRefused, match="Say why"):
        actions.refuse_proposal(proposal.pk, reason=" ", by=CONTROLLER, now=NEXT_DAY)
    with pytest.raises(NotAllowedRefused):
        actions.refuse_proposal(proposal.pk, reason="No.", by=ANALYST, now=NEXT_DAY)
    actions.refuse_proposal(proposal.pk, reason="It was one bad day.", by=CONTROLLER, now=NEXT_DAY)
    assert [learning.is_decided(change, support) for support in (3, 5, 6)] == [True, True, False]


def test_rules_are_edited_with_errors_that_name_the_line_and_rejected_ones_change_nothing() -> None:
    momo()
    text = queries.rules_in_force().text
    with pytest.raises(
        RulesRefused, match=r"line \d+: minutes is a whole number from 1 to 1,440, not '9000'"
    ):
        actions.request_rules(with_number(text, "likeness", "minutes", 9000), note="x", by=LEAD, now=MORNING)
    with pytest.raises(actions.RulesChangeRefused, match="Nothing differs"):
        actions.request_rules(text, note="x", by=LEAD, now=MORNING)
    changed = with_number(text, "likeness", "auto", 990)
    version = actions.request_rules(changed, note="Precision is 100 %.", by=LEAD, now=MORNING)
    assert RulesVersion.objects.get().text.count("# ") == text.count("# ")
    reject_approval(Approval.objects.get().pk, note="Not yet.", by=CONTROLLER, now=MORNING)
    version.refresh_from_db()
    assert (version.state, queries.rules_in_force().version) == ("refused", None)


def test_what_a_rule_matched_is_taken_apart_for_good_and_counts_against_it() -> None:
    account = momo()
    call_back(account, ("TX1", 1, "50.00"), ("TX2", 2, "20.00"))
    hand_over(account, portal_rows(("TX1", 1, "50.00", "success"), ("TX2", 2, "20.00", "success")))
    run = run_day(account)
    rows, _ = queries.rows_behind(run, found="match")
    group = next(row["group_id"] for row in rows if row["left_minor"] == 5000)
    with pytest.raises(actions.MatchRefused, match="Say why"):
        actions.take_apart(run.pk, group, reason="", by=ANALYST, now=NEXT_DAY)
    match = actions.take_apart(run.pk, group, reason="The id was used twice.", by=ANALYST, now=NEXT_DAY)
    assert (match.state, match.rule) == ("revoked", "same_provider_id")
    for _ in range(2):
        run = run_day(account)
        kinds = sorted(queries.unsolved(ANALYST).values_list("kind", flat=True))
        assert kinds == ["missing_at_provider", "missing_in_ledger"]
        assert not queries.suggestions(ANALYST).exists()
    (rule,) = queries.rules_over_time(ANALYST, since=DAY, until=NEXT_DAY.date())
    assert rule.name == "same_provider_id"
    assert (rule.matches, rule.taken_apart, rule.precision_tenths) == (2, 1, 500)
