"""The rights in plain words, as a refusal says them: "Your role does not let you move a payment …"."""

from __future__ import annotations

from paydesk.foundation.people.authority import RIGHTS

# What whoever makes it does, after "to".
MAKES = {
    "files.import": "bring files in",
    "files.save_profile": "save how a file is read",
    "files.unpost": "un-post a file",
    "matching.run": "run the matching of a day",
    "matching.two_files": "reconcile two files",
    "matching.confirm": "confirm a match",
    "matching.split": "split a match",
    "matching.unmatch": "take a match apart",
    "matching.outside_tolerance": "match outside the tolerance",
    "matching.write_off_small": "write off a small difference",
    "payments.receive_by_hand": "receive a payment by hand",
    "payments.identify": "name the payer of a payment",
    "payments.allocate": "apply payments",
    "payments.allocate_weak_evidence": "apply money on weak evidence",
    "payments.move": "move a payment to another customer",
    "payments.reverse": "take a payment back",
    "payments.backdate": "backdate a payment",
    "payments.answer_reversal_request": "answer a reversal request",
    "refunds.entitle": "ask for a refund",
    "payouts.release": "let money go out",
    "contracts.load": "load contracts",
    "contracts.end_or_downgrade": "end or downgrade a contract",
    "contracts.ease": "ease a contract",
    "device_returns.grade": "grade a device that came back",
    "risk.restrict": "restrict an account",
    "risk.lift": "lift a restriction",
    "collections.record": "record calls and promises",
    "disputes.answer": "answer a dispute",
    "onboarding.activate": "activate a merchant",
    "pricing.below_floor": "price below the floor",
    "parties.change_bank_details": "change bank details",
    "ledger.write_off": "write off a debt",
    "ledger.close_day": "close a day",
    "ledger.export_journal": "export the journal",
    "ledger.reopen_period": "reopen a closed day",
    "matching.edit_rules": "change the rules of matching",
    "documents.store": "add documents",
    "documents": "open documents",
    "payments": "look at payments",
    "customers": "look at customers and contracts",
    "customers.names": "see the names of customers",
    "customers.phones": "see phone numbers of customers",
    "customers.reveal": "reveal a name or number that is masked",
    "suspense": "look at money whose payer is unknown",
    "ledger": "look at the books",
    "export": "take lists out as a file",
    "providers.manage": "set up accounts at providers and banks",
    "people.manage": "manage people and their roles",
    "cases.work": "work on cases",
    "clocks.acknowledge": "take over an escalation",
    "assignments.take": "take work over",
    "assignments.give": "give work to somebody",
    "assignments.erase_note": "erase the text of a note",
    "views.share": "share a saved view",
    "clocks.set_due": "set another due time",
    "clocks.confirm_due": "confirm another due time",
    "clocks.pause": "pause a clock",
    "clocks": "look at the clocks",
    "settings.manage": "change the settings",
    "audit": "look at the trail",
    "jobs": "look at the jobs",
}
# What whoever may only look does, where it is not simply the same.
SEES = {
    "files.import": "look at files",
    "contracts.load": "look at how contracts are loaded",
    "matching.run": "look at days and exceptions",
    "payments.answer_reversal_request": "look at reversal requests",
    "payments.receive_by_hand": "look at receipts by hand",
    "payments.move": "look at moves",
    "payments.allocate": "look at how payments are applied",
    "payouts.release": "look at payout files",
    "refunds.entitle": "look at refunds",
    "providers.manage": "look at our accounts at providers and banks",
    "people.manage": "look at people and their roles",
    "settings.manage": "look at the settings",
}
ABOVE_LIMIT = "_above_limit"


def in_words(right: str) -> str:
    """What a right string allows, after "to": "decide when somebody asks to move a payment …".

    Raises KeyError for a right that is not in the authority table.
    """
    name, _, letter = right.partition(":")
    letter = letter.partition(":")[0]
    above = name.endswith(ABOVE_LIMIT)
    makes = MAKES[name.removesuffix(ABOVE_LIMIT)] + (
        ", above the limit of the first checker" if above else ""
    )
    if letter == "request":
        return f"ask somebody to {makes}"
    if letter == "check":
        return f"decide when somebody asks to {makes}"
    return SEES.get(name, makes) if letter == "view" else makes


assert set(MAKES) == {right.removesuffix(ABOVE_LIMIT) for right in RIGHTS}, "every right has its words"
