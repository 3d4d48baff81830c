"""The rights of a person in words: what each row of the authority table means, and how far it goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from paydesk.foundation.people.authority import RIGHTS, ROLES, letter

RIGHT_WORDS = {
    "files.import": "Take in statements and portal exports",
    "files.save_profile": "Save how a provider's files are read",
    "files.unpost": "Take a posted file back",
    "files.unpost_above_limit": "Take back a posted file above the limit",
    "matching.run": "Run matching",
    "matching.two_files": "Reconcile two files",
    "matching.confirm": "Confirm a match",
    "matching.split": "Split a match",
    "matching.unmatch": "Undo a match",
    "matching.outside_tolerance": "Match outside the tolerance",
    "matching.write_off_small": "Write off a small difference",
    "matching.write_off_small_above_limit": "Write off a small difference above the limit",
    "payments.receive_by_hand": "Receive a payment by hand",
    "payments.identify": "Name the payer of a payment",
    "payments.allocate": "Apply a payment to a contract",
    "payments.allocate_weak_evidence": "Apply a payment on weak evidence",
    "payments.move": "Move a payment to another customer",
    "payments.move_above_limit": "Move a payment above the limit",
    "payments.reverse": "Reverse a payment",
    "payments.reverse_above_limit": "Reverse a payment above the limit",
    "payments.backdate": "Give a payment an earlier date",
    "payments.answer_reversal_request": "Answer a provider's reversal request",
    "payments.answer_reversal_request_above_limit": "Answer a reversal request above the limit",
    "refunds.entitle": "Say that a refund is due",
    "refunds.entitle_above_limit": "Say that a refund above the limit is due",
    "payouts.release": "Release a payout",
    "payouts.release_above_limit": "Release a payout above the limit",
    "contracts.load": "Load, make and activate contracts",
    "contracts.end_or_downgrade": "End or downgrade a contract",
    "contracts.ease": "Ease the terms of a contract",
    "marketplace.ask": "Ask something of a marketplace about money of a seller",
    "goodwill.give": "Give goodwill to a customer",
    "goodwill.give_above_limit": "Give goodwill above the limit",
    "goodwill.alone": "Give goodwill alone, up to the role's own limit",
    "device_returns.grade": "Grade a device that came back",
    "risk.restrict": "Restrict a customer or an account",
    "risk.lift": "Lift a restriction",
    "collections.record": "Record a contact or a promise",
    "disputes.answer": "Answer a dispute",
    "disputes.answer_above_limit": "Answer a dispute above the limit",
    "onboarding.activate": "Activate a merchant or a method",
    "pricing.below_floor": "Price below the floor",
    "pricing.rate_cards": "Set what a provider may keep back",
    "parties.change_bank_details": "Change bank details",
    "ledger.write_off": "Write off a debt",
    "ledger.close_day": "Close a day of the books",
    "ledger.export_journal": "Hand the journal over to accounting",
    "ledger.reopen_period": "Open a closed period again",
    "matching.edit_rules": "Edit the matching rules",
    "documents.store": "Keep documents",
    "documents": "Documents",
    "payments": "Payments",
    "customers": "Customers and contracts",
    "customers.names": "Names of customers and payers in clear",
    "customers.phones": "Phone numbers in clear on the page of one person",
    "customers.reveal": "Reveal a name or phone number, for a reason",
    "suspense": "Suspense: payers unknown",
    "ledger": "The books",
    "export": "Export lists",
    "providers.manage": "Set up providers and our accounts",
    "people.manage": "Add people and give roles",
    "clocks": "Clocks, opening hours and targets",
    "clocks.pause": "Let a clock stand still, with a reason",
    "clocks.confirm_due": "Confirm another due time of what comes from outside",
    "cases.work": "Work on cases",
    "cases.texts": "Write ready texts and letters",
    "cases.redact": "Ask to black out what should not have been written",
    "cases.confirm_redaction": "Confirm that it is blacked out",
    "categories.edit": "Change the tree of categories",
    "categories.learn": "Let the desk learn categories from what people chose",
    "incidents.work": "Work on incidents",
    "incidents.broadcast": "Write to everybody whom an incident touches",
    "incidents.adopt": "Take an incident over, or give it to somebody",
    "improvements.propose": "Propose an improvement and vote on it",
    "improvements.decide": "Decide on improvements",
    "risk.escalate": "Hand a case to risk",
    "risk.decide": "Decide on what was handed to risk",
    "risk.evidence_pack": "Make an evidence pack",
    "retention.manage": "Set how long what is kept",
    "retention.hold": "Put a legal hold on somebody's records",
    "retention.lift_hold": "Lift a legal hold",
    "retention.erase": "Erase what a person asks to be forgotten",
    "retention.export_person": "Hand a person all that is kept about them",
    "knowledge": "Articles, policies and scripts",
    "knowledge.write": "Write articles, policies and their exams",
    "knowledge.publish": "Publish explainers and scripts",
    "knowledge.publish_policy": "Publish a policy that somebody else wrote",
    "exams.take": "Take exams",
    "scorecards": "One's own figures, and the rows behind them",
    "scorecards.team": "Figures of one's team",
    "scorecards.everybody": "Figures of everybody in one's markets",
    "reviews.own": "Read and answer reviews of one's own work",
    "reviews.score": "Score what somebody did with a case",
    "reviews.settle": "Settle the appeal to a review that another one scored",
    "reviews.plan": "Set scorecards and which cases are reviewed",
    "exams.results": "See who passed which exam",
    "routing.manage": "Say to which team cases go and who takes them",
    "clocks.acknowledge": "Say that you have what a clock escalated",
    "assignments.take": "Take on what waits, plan its next step, note",
    "assignments.give": "Give work to others",
    "assignments.erase_note": "Erase a note",
    "views.share": "Share views of lists",
    "clocks.set_due": "Give a clock another due time, or waive it",
    "settings.manage": "Change settings of the desk",
    "audit": "The audit trail",
    "jobs": "What the desk is working on",
}
# Strongest first: the letters of the authority table and what a person with them may do.
LETTER_WORDS = {
    "M": "You do",
    "C": "You approve as the second person",
    "R": "You ask for",
    "V": "You see, and somebody else does",
}


@dataclass(frozen=True, slots=True)
class ShownRight:
    """One right of a person: what it is about, and the condition under which it counts, if any."""

    words: str
    condition: str = ""


def right_words(right: str) -> str:
    """A row of the authority table in words; one that has none as it is spelled."""
    return RIGHT_WORDS.get(right, right)


HOW = {"check": ", as the second person", "request": ", by asking for it", "view": ", to look at"}


def lacks(right: str) -> str:
    """What a role lacks, for whoever was refused: "Your role lacks this right: Release a payout."."""
    name, _, sign = right.partition(":")
    seen_alone = {letter(name, role)[0] for role in ROLES} <= {"V", "-"}
    how = "" if seen_alone else HOW.get(sign.partition(":")[0], "")
    return f"Your role lacks this right: {right_words(name)}{how}."


def rights_in_words(roles: Sequence[str]) -> list[tuple[str, list[ShownRight]]]:
    """What holders of `roles` together may do, by how far it goes, in the order of the authority table."""
    found: dict[str, list[ShownRight]] = {sign: [] for sign in LETTER_WORDS}
    for right in RIGHTS:
        cells = [cell for role in roles if (cell := letter(right, role)) != "-"]
        if cells:
            best = min(cells, key=lambda cell: (list(LETTER_WORDS).index(cell[0]), len(cell)))
            sign, _, condition = best.partition(" ")
            found[sign].append(ShownRight(right_words(right), _condition(condition)))
    return [(LETTER_WORDS[sign], rights) for sign, rights in found.items() if rights]


def _condition(word: str) -> str:
    if not word:
        return ""
    if word in ("analyst", "support", "collections"):
        return "up to the limit of the role"
    return "up to the limit" if word == "limit" else f"only for {word.replace('_', ' ')}"
