"""The rules of matching changed: proposed from matches by people, asked for by one, adopted by another."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from paydesk.domain.reconciliation import learning, rule_texts
from paydesk.domain.reconciliation.models import RuleLearning, RuleProposal, RulesVersion
from paydesk.domain.reconciliation.queries import rules_in_force
from paydesk.domain.reconciliation.states import CHANGE_RULES, PROPOSAL, RULES
from paydesk.foundation.approvals import steps as approvals
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.audit import steps as audit
from paydesk.foundation.people.queries import markets_of
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import Refused
from paydesk.matching.rules import default_rules, read_rules

EDIT = "matching.edit_rules"
SUBJECT, PROPOSED = "rules_version", "rule_proposal"


class RulesChangeRefused(Refused):
    """The rules cannot be changed like this."""

    code = "rules.change_refused"


@transaction.atomic(durable=True)
def request_rules(text: str, *, note: str, by: Actor, now: datetime) -> RulesVersion:
    """Ask a controller to adopt rules as they stand in `text`; they get the next version of the desk.

    Raises RulesRefused with the line of what is wrong, RulesChangeRefused.
    """
    by.needs(EDIT)
    return _asked(text, note, None, by, now)


@transaction.atomic(durable=True)
def request_proposal(proposal_id: int, *, note: str, by: Actor, now: datetime) -> RulesVersion:
    """Ask a controller to adopt a change that matches by people speak for. Raises RulesChangeRefused."""
    proposal = RuleProposal.objects.select_for_update().get(pk=proposal_id)
    by.needs(EDIT)
    proposal.state = PROPOSAL.after("ask", proposal.state)
    proposal.decided_by, proposal.decided_at = by.label, now
    proposal.save()
    text = rule_texts.with_number(rules_in_force().text, proposal.rule, proposal.number, proposal.value)
    return _asked(text, note, proposal, by, now)


def _asked(text: str, note: str, proposal: RuleProposal | None, by: Actor, now: datetime) -> RulesVersion:
    read_rules(text)
    said = " ".join(note.split())[:500]
    if not said:
        raise RulesChangeRefused("Say why, for whoever decides: what changes, and what it is for.")
    own = rules_in_force()
    taken = set(RulesVersion.objects.values_list("label", flat=True))
    label = rule_texts.next_label(default_rules().version, taken)
    text = rule_texts.with_version(text.replace("\r\n", "\n"), label)
    if not rule_texts.changed_lines(rule_texts.with_version(own.text, label), text):
        raise RulesChangeRefused("Nothing differs from the rules in force.")
    if read_rules(text).version != label:
        raise RulesChangeRefused('Write the version as a line of its own, such as version: "1".')
    try:
        with transaction.atomic():
            made = RulesVersion.objects.create(
                label=label, based_on=own.rules.version, text=text, note=said, proposal=proposal,
                asked_by=by.label, asked_at=now,
            )  # fmt: skip
    except IntegrityError as problem:
        raise RulesChangeRefused("Somebody asked for a change at the same moment. Try again.") from problem
    approval = approvals.ask(
        CHANGE_RULES, subject=(SUBJECT, made.pk), market=_market_of(by), right=EDIT,
        payload={"label": label, "text": audit.fingerprint(text), "based_on": made.based_on},
        reasons=[f"It changes what runs prove from then on: rules {made.based_on} become {label}."],
        note=said, by=by, now=now,
    )  # fmt: skip
    audit.record(
        "rules.change_asked", subject=(SUBJECT, made.pk), by=by, at=now, note=said,
        changes={"label": label, "based_on": made.based_on, "approval_id": approval.pk},
    )  # fmt: skip
    return made


def _market_of(by: Actor) -> str:
    """The market under which the change waits for a second person: rules are of no market."""
    names = sorted(by.markets) if by.markets else [each.pk for each in markets_of(by)]
    if not names:
        raise RulesChangeRefused("You work in no market, so nobody could decide on it.")
    return names[0]


@transaction.atomic(durable=True)
def approve_rules(approval_id: int, *, by: Actor, now: datetime, note: str = "") -> RulesVersion:
    """The second person says yes: the next run uses them. Raises RulesChangeRefused."""
    approval = approvals.decide(approval_id, CHANGE_RULES, by=by, now=now, note=note)
    found = RulesVersion.objects.select_for_update().get(pk=approval.subject_id)
    if rules_in_force().rules.version != found.based_on:
        raise RulesChangeRefused(
            f"It was written on rules {found.based_on}, and others are in force meanwhile. Reject it and ask "
            "again."
        )
    was, found.state = found.state, RULES.after("adopt", found.state)
    found.decided_by, found.decided_at = by.label, now
    found.save()
    if found.proposal is not None:
        found.proposal.state = PROPOSAL.after("adopt", found.proposal.state)
        found.proposal.decided_by, found.proposal.decided_at = by.label, now
        found.proposal.save()
    audit.record(
        "rules.adopted", subject=(SUBJECT, found.pk), by=by, at=now, note=note,
        changes={"label": [found.based_on, found.label], "state": [was, found.state]},
    )  # fmt: skip
    return found


def rules_request_ended(approval: Approval, by: Actor, now: datetime) -> None:
    """The controller said no, or nobody decided: the rules in force stay. Joins that transaction."""
    found = RulesVersion.objects.select_for_update().get(pk=approval.subject_id)
    found.state = RULES.after("refuse", found.state)
    found.decided_by, found.decided_at = by.label, now
    found.save()
    if found.proposal is not None and found.proposal.state == "asked":
        found.proposal.state = PROPOSAL.after("refuse", found.proposal.state)
        found.proposal.decided_by, found.proposal.decided_at = by.label, now
        found.proposal.save()


@transaction.atomic(durable=True)
def refuse_proposal(proposal_id: int, *, reason: str, by: Actor, now: datetime) -> RuleProposal:
    """Say that a proposed change is not wanted: it comes again only with twice as many matches.

    Raises RulesChangeRefused, TransitionRefused.
    """
    found = RuleProposal.objects.select_for_update().get(pk=proposal_id)
    if not by.may(f"{EDIT}:check"):
        by.needs(EDIT)
    said = " ".join(reason.split())[:500]
    if not said:
        raise RulesChangeRefused("Say why it is not wanted: the reason is kept.")
    if found.state == "asked":
        raise RulesChangeRefused("It waits for a controller: it is rejected there.")
    was, found.state = found.state, PROPOSAL.after("refuse", found.state)
    found.decided_by, found.decided_at, found.reason = by.label, now, said
    found.save()
    audit.record(
        "rule_proposal.refused", subject=(PROPOSED, found.pk), by=by, at=now, note=said,
        changes={"state": [was, found.state], "rule": found.rule, found.number: found.value},
    )  # fmt: skip
    return found


@transaction.atomic(durable=True)
def set_matches_needed(number: int, *, by: Actor, now: datetime) -> RuleLearning:
    """From how many matches of one shape on a rule is proposed. Raises RulesChangeRefused."""
    by.needs(EDIT)
    if not 2 <= number <= 100:
        raise RulesChangeRefused("Between 2 and 100 matches: one alone is no pattern.")
    RuleLearning.objects.get_or_create(pk=1)
    found = RuleLearning.objects.select_for_update().get(pk=1)
    was = found.matches_needed
    found.matches_needed, found.changed_by, found.changed_at = number, by.label, now
    found.save()
    audit.record(
        "rule_learning.set", subject=("rule_learning", 1), by=by, at=now,
        changes={"matches_needed": [was, number]},
    )  # fmt: skip
    return found


def learn_from_matches(*, by: Actor, now: datetime) -> list[RuleProposal]:
    """Propose what enough matches by people speak for; each proposal is a transaction of its own."""
    return [_propose(each, by=by, now=now) for each in learning.changes_to_propose(now)]


@transaction.atomic(durable=True)
def _propose(learnt: learning.Learnt, *, by: Actor, now: datetime) -> RuleProposal:
    change, measured = learnt.change, learnt.measured
    made = RuleProposal.objects.create(
        shape=change.shape, rule=change.rule, number=change.number, was=change.was, value=change.value,
        rules_version=rules_in_force().rules.version, match_ids=list(learnt.match_ids), days=measured.days,
        agreed=measured.agreed, contradicted=measured.contradicted, undecided=measured.undecided, made_at=now,
    )  # fmt: skip
    audit.record(
        "rule_proposal.made", subject=(PROPOSED, made.pk), by=by, at=now,
        changes={
            "rule": change.rule, change.number: [change.was, change.value], "matches": len(learnt.match_ids),
            "agreed": measured.agreed, "contradicted": measured.contradicted,
        },
    )  # fmt: skip
    return made
