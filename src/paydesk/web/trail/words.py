"""What a record of the audit trail says, in words a person reads: what was done, to what, what changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from paydesk.kernel.money import Money
from paydesk.kernel.public_codes import code_of
from paydesk.web.addresses import PAGES, page_of

if TYPE_CHECKING:
    from paydesk.foundation.audit.models import AuditRecord

VERB_WORDS = {
    "article.draft_discarded": "Put a draft of an article aside",
    "article.drafted": "Began a version of an article",
    "article.edited": "Wrote on the draft of an article",
    "article.governs": "Set which rights wait for the exam of a policy",
    "article.published": "Published a version of an article",
    "article.withdrawn": "Withdrew an article",
    "review.answered": "Answered a review",
    "review.appealed": "Appealed against a review",
    "review.asked": "Chose a case to review",
    "review.calibration_asked": "Asked for a calibration",
    "review.dropped": "Dropped a review",
    "review.sampled": "Chose cases to review",
    "review.scored": "Scored a review",
    "review.settled": "Settled an appeal",
    "sampling_plan.set": "Set which cases are reviewed",
    "scorecard.set": "Set what reviews look at",
    "csat.answered": "The customer said how it was",
    "csat.asked": "Asked the customer how it was",
    "csat.reminded": "Reminded the customer to say how it was",
    "csat.not_asked": "Did not ask the customer how it was",
    "exam.failed": "Did not pass an exam",
    "exam.looked_again": "Looked who has to pass which exam",
    "exam.passed": "Passed an exam",
    "exam.written": "Wrote the exam of a policy",
    "approval.delegated": "Said who stands in",
    "approval.delegation_ended": "Was back from an absence",
    "approval.expired": "Let a request expire",
    "approval.limit_set": "Set a limit",
    "approval.rejected": "Said no to a request",
    "approval.relation_declared": "Declared to be close to an account",
    "approval.relation_ended": "Ended somebody's closeness to an account",
    "approval.withdrawn": "Took back a request",
    "case.status_page_given": "Gave out a status page",
    "case.status_page_withdrawn": "Took a status page back",
    "case.not_proved": "Could not prove who they are",
    "case.code_given": "Made a code to read out",
    "case.code_texted": "Sent a code to the number on file",
    "case.code_read_back": "Checked a code that was read back",
    "case.notices_wished": "Noted whether they want text messages",
    "case.text_delivered": "A text message arrived",
    "case.text_failed": "A text message did not arrive",
    "case.text_lost": "A text message may have left",
    "case.text_sent": "A text message left",
    "case.text_taken_back": "Took a text message back",
    "text_gateway.added": "Set up a gateway of text messages",
    "text_gateway.capped": "Set what text messages may cost",
    "text_gateway.switched": "Switched a gateway of text messages",
    "case.escalation_raised": "Raised that it goes to risk at once",
    "case.escalation_seen": "Saw that it goes to risk at once",
    "categories.asked_to_learn": "Had categories learnt anew",
    "categories.changed": "Made a version of the categories",
    "categories.forgotten": "Threw away a model that a forgotten case had taught",
    "categories.learnt": "Learnt categories from resolved cases",
    "categories.not_learnt": "Could not learn categories",
    "category.filled_in": "Filled in a category",
    "category.suggested": "Suggested a category",
    "contract.replayed": "Laid payments on the contract again",
    "days.asked_to_close": "Asked to close days",
    "days.asked_to_reopen": "Asked to open days again",
    "days.closed": "Closed days",
    "days.refused": "Said no to closing or opening days",
    "days.reopened": "Opened days again",
    "days.withdrawn": "Took back a request about days",
    "door.added": "Set up a door",
    "door.switched": "Switched a door on or off",
    "door.origins_set": "Said which sites may embed it",
    "door.token_renewed": "Renewed the token of a telephone system",
    "call.taken": "Took a call",
    "call_script.written": "Wrote a call script",
    "due_item.write_off_requested": "Asked to write off a small difference",
    "due_item.written_off": "Wrote off a small difference",
    "due_item.owe_again_requested": "Asked to undo the write-off",
    "due_item.owed_again": "Undid the write-off: it is owed again",
    "file.unpost_approved": "Approved un-posting the file",
    "file.unpost_requested": "Asked to un-post the file",
    "file.unposted": "Un-posted rows of the file",
    "case.pay_link_made": "Made a link that shows how to pay",
    "case.asked_aside": "Asked somebody aside",
    "case.said_aside": "Wrote aside",
    "case.heard_aside": "Had an answer aside",
    "case.side_sent": "A question aside left",
    "case.side_failed": "A question aside was not delivered",
    "case.side_closed": "Closed a side conversation",
    "goodwill.requested": "Asked to give goodwill",
    "goodwill.given": "Gave goodwill",
    "goodwill.rejected": "Goodwill was not agreed",
    "goodwill.cancelled": "Goodwill was called off",
    "goodwill.undo_requested": "Asked to take goodwill back",
    "goodwill.undone": "Took goodwill back",
    "improvement.accepted": "Accepted the improvement",
    "improvement.done": "Carried the improvement out",
    "improvement.measured": "Wrote down what the improvement changed",
    "improvement.proposed": "Proposed an improvement",
    "improvement.rejected": "Rejected the improvement",
    "improvement.voted": "Voted on an improvement",
    "incident.adopted": "Opened the incident",
    "incident.broadcast_done": "Everybody was told",
    "incident.broadcast_drafted": "Wrote what everybody is told",
    "incident.broadcast_dropped": "Dropped what everybody was to be told",
    "incident.broadcast_sent": "Had everybody told",
    "incident.case_not_told": "Did not tell a case",
    "incident.case_told": "Told a case",
    "incident.closed": "Closed the incident",
    "incident.named": "Named the incident and its cause",
    "incident.proposed": "Proposed an incident",
    "incident.rejected": "Said that it is no incident",
    "incident.reopened": "Opened the incident again",
    "incident.took_in": "Took cases into the incident",
    "incident.took_off": "Took a case off the incident",
    "journal.exported": "Exported the journal",
    "journal.handed_out": "Handed out a copy of the journal",
    "payment.apply_requested": "Asked to apply the payment",
    "payment.move_requested": "Asked to move the payment",
    "payment.moved": "Moved the payment to another customer",
    "payment.backdate_requested": "Asked to let the payment count from an earlier day",
    "payment.backdated": "Let the payment count from another day",
    "payment.reinstate_requested": "Asked to undo the reversal",
    "payment.reinstated": "Undid the reversal: the payment stands again",
    "payment.reverse_requested": "Asked to take the payment back",
    "payment.reversed": "Took the payment back",
    "payment.charged_back": "Booked a chargeback",
    "payment.double_on_purpose": "Noted that it was paid twice on purpose",
    "payment.double_asked_again": "Took back that it was paid twice on purpose",
    "payment.split": "Split the payment over contracts",
    "payment.unapplied": "Took the payment off a contract",
    "payment.undone": "Undid their last act",
    "platform.asked": "Asked for something of the platform",
    "platform.approved": "Agreed to ask the platform",
    "platform.told": "Handed it over to the platform",
    "platform.rejected": "Did not agree to ask the platform",
    "platform.cancelled": "Took the request to the platform back",
    "market_events.taken": "Took in events of a marketplace",
    "routes.measured": "Measured what is usual on each route",
    "run.asked": "Had a day reconciled",
    "run.done": "Reconciled the day",
    "run.blocked": "Did not keep a run: the day was signed",
    "run.failed": "Gave up a run",
    "run.cancelled": "Stopped a run",
    "exception.waits": "Let the exception wait",
    "exception.resolved": "Resolved the exception",
    "exception.reopened": "Opened the exception again",
    "exception.waited_in_vain": "Opened the exception again: its day had come",
    "exception.adjustment_asked": "Asked to adjust the difference",
    "exception.adjusted": "Adjusted the difference",
    "exception.write_off_asked": "Asked to write off the difference",
    "exception.written_off": "Wrote off the difference",
    "exception.posting_asked": "Asked to post the missing payment",
    "exception.posted": "Posted the missing payment",
    "exception.take_back_asked": "Asked to take the booking back",
    "exception.taken_back": "Took the booking back",
    "match.taken_apart": "Took a rule’s match apart",
    "rules.change_asked": "Asked for other rules of matching",
    "rules.adopted": "Adopted rules of matching",
    "rule_proposal.made": "Proposed a change of a rule",
    "rule_proposal.refused": "Refused a change of a rule",
    "rule_learning.set": "Set from how many matches a rule is proposed",
    "match.made": "Matched rows by hand",
    "match.confirmed": "Confirmed a suggested match",
    "match.rejected": "Rejected a suggested match",
    "match.revoked": "Took a match apart",
    "reconciled_day.signature_asked": "Asked to sign the day",
    "reconciled_day.signed": "Signed the day",
    "reconciled_day.not_signed": "Let the day open: it was not signed",
    "reconciled_day.reopening_asked": "Asked to open the signed day again",
    "reconciled_day.reopened": "Opened the signed day again",
    "assignment.assigned": "Said who works on it",
    "assignment.planned": "Said what happens next",
    "note.added": "Noted something",
    "note.erased": "Erased a note",
    "two_files.uploaded": "Brought a file to reconcile",
    "two_files.read": "Read a file to reconcile",
    "two_files.mapped": "Said how a file is read",
    "two_files.swapped": "Swapped ours and theirs",
    "two_files.started": "Reconciled two files",
    "two_files.finished": "Found what two files differ in",
    "two_files.failed": "Could not reconcile two files",
    "two_files.cancelled": "Stopped a reconciliation",
    "two_files.downloaded": "Took the result of two files along",
    "two_files.deleted": "Deleted two files and their result",
    "view.deleted": "Deleted a view of a list",
    "view.not_seen_first": "Took a view from the first place",
    "view.saved": "Kept a view of a list",
    "view.seen_first": "Put a view first",
    "calendar.changed": "Changed a calendar",
    "clock.acknowledged": "Took what a clock escalated",
    "reversal_row.match_requested": "Asked to take a provider’s row from the payment",
    "reversal_row.matched": "Said that a provider’s row takes the payment back",
    "reversal_row.booked": "Booked a provider’s row as what it is",
    "reversal_row.booking_asked": "Asked to book a provider’s row as what it is",
    "reversal_row.unexplained": "Took apart what explained a provider’s row",
    "reversal_row.unmatched": "Took a provider’s row off the payment",
    "transit_row.parted": "Took the two ends of money in transit apart",
    "transit_row.joined": "Said where money in transit came from",
    "clock.due_asked": "Asked for another due time",
    "clock.due_set": "Set another due time",
    "clock.paused": "Paused a clock",
    "clock.resumed": "Let a clock go on",
    "clock.waived": "Waived a clock",
    "clocks.escalated": "Escalated clocks",
    "policy.changed": "Changed by when things are due",
    "callbacks.closed": "Closed a callback address",
    "callbacks.limited": "Set who may send callbacks",
    "source_account.expected_set": "Set when rows of an account are expected",
    "source_account.balance_entered": "Entered the balance a portal shows",
    "callbacks.opened": "Opened a callback address",
    "callbacks.posted": "Posted callbacks",
    "callbacks.secret_rotated": "Made a new callback address",
    "contract.activated": "Made the contract active",
    "contracts.loaded": "Loaded contracts",
    "document.stored": "Kept a document",
    "file.confirmed": "Confirmed the file for posting",
    "file.discarded": "Put the file aside",
    "file.mapped": "Said what the file's columns mean",
    "file.posted": "Finished posting the file",
    "file.read": "Read the file",
    "file.refused": "Refused the file",
    "file.revealed": "Revealed a file as it came",
    "file.uploaded": "Handed over the file",
    "hand_receipt.asked": "Asked to receive a payment by hand",
    "hand_receipt.received": "Received the payment by hand",
    "market.added": "Added a market",
    "market.time_zone_set": "Changed a market's time zone",
    "message.retried": "Had a message read again",
    "payment.allocated": "Applied the payment",
    "payment.identified": "Named the payer",
    "payments.received": "Received payments",
    "customer.identity_recorded": "Recorded an identity number",
    "customer.identity_removed": "Removed an identity number",
    "customer.revealed": "Revealed a customer's name or numbers",
    "payment.revealed": "Revealed a payer's name or phone",
    "pending.ask_requested": "Had the provider asked again",
    "pending.asked": "Asked the provider about a payment",
    "pending.closed": "Closed a pending payment",
    "pending.followed": "Followed pending rows of a file",
    "person.code_entered": "Entered a code",
    "person.code_refused": "Somebody entered a wrong code",
    "person.created": "Added a person",
    "person.deactivated": "Closed a person's account",
    "person.factor_added": "Set up a second factor",
    "person.factor_removed": "Removed a second factor",
    "person.markets_set": "Changed a person's markets",
    "person.passkey_used": "Used a passkey",
    "person.password_set": "Changed a password",
    "person.preferences_set": "Changed own settings",
    "person.reactivated": "Opened a person's account again",
    "person.recovery_code_used": "Used a recovery code",
    "person.recovery_codes_renewed": "Made new recovery codes",
    "person.roles_set": "Changed a person's roles",
    "person.second_factor_reset": "Reset a person's second factor",
    "person.sign_in_refused": "Somebody gave a wrong password",
    "person.signed_in": "Signed in",
    "person.signed_out_everywhere": "Ended a person's sessions",
    "profile.saved": "Saved a file profile",
    "payout_file.asked": "Asked to release the payout file",
    "payout_file.put_aside": "Put the payout file aside",
    "payout_file.refund_taken_out": "Took a refund out of the payout file",
    "payout_file.released": "Released the payout file",
    "payout_profile.saved": "Saved the columns of a bulk file",
    "refund.approved": "Approved the refund",
    "refund.bounced": "Recorded that the refund came back",
    "refund.confirmed": "Found the row of the refund",
    "refund.unconfirmed": "Took a row off the refund",
    "refund.cancelled": "Gave up the refund",
    "refund.checks_changed": "Found more to look at in the refund",
    "refund.failed": "Recorded that the refund failed",
    "refund.lost_track": "Marked the refund as without an answer",
    "refund.paid": "Recorded that the refund was paid",
    "refund.payee_changed": "Asked for another payee of the refund",
    "refund.requested": "Asked for a refund",
    "refund.resolution_asked": "Asked to settle the refund",
    "refund.sent": "Sent the refund",
    "refund.taken_out": "Took the refund out of its payout file",
    "refund.tried_again": "Had the refund sent once more",
    "mailbox.added": "Set up a mailbox",
    "mailbox.switched": "Switched a mailbox on or off",
    "mailbox.changed": "Changed a mailbox",
    "mailbox.breaker_tripped": "Stopped acknowledging: too much at once",
    "mailbox.breaker_reset": "Has a mailbox acknowledge again",
    "mail.taken_in": "Took in a mail that was left",
    "mail.ignored": "Ignored a mail that was left",
    "mail.taken_in": "Took a mail in",
    "case.acknowledged": "Acknowledged a mail",
    "case.restricted_opened": "Opened a restricted case",
    "escalation.raised": "Escalated it",
    "escalation.acknowledged": "Acknowledged the escalation",
    "escalation.decided": "Decided the escalation",
    "escalation.reopened": "Opened the escalation again",
    "escalation.restricted": "Restricted who sees it",
    "escalation.person_named": "Named somebody who sees it",
    "escalation.person_unnamed": "Took a name off",
    "escalation.opened_to_all": "Ended the restriction",
    "enforcement.asked": "Asked risk to stop somebody",
    "enforcement.set": "Put a hold, block or limit in force",
    "enforcement.refused": "Refused to stop somebody",
    "enforcement.lift_asked": "Asked to lift it",
    "enforcement.lifted": "Lifted it",
    "enforcement.expired": "Its end came",
    "enforcement.appealed": "Wrote down an appeal",
    "enforcement.appeal_decided": "Decided the appeal",
    "pack.asked": "Asked for a pack",
    "pack.made": "Put a pack together",
    "pack.handed_out": "Took a pack along",
    "redaction.asked": "Asked to take something out",
    "redaction.done": "Took something out for good",
    "redaction.refused": "Left what was to be taken out",
    "document.replaced": "Replaced what a document held",
    "legal_hold.placed": "Placed a legal hold",
    "legal_hold.lifted": "Lifted a legal hold",
    "retention.set": "Set how long something is kept",
    "retention.applied": "Erased what was older than its time",
    "erasure.asked": "Asked to forget somebody",
    "erasure.refused": "Refused to forget somebody",
    "customer.erased": "Forgot a customer",
    "seller.erased": "Forgot a seller",
    "case.opened": "Opened a case",
    "case.heard": "The customer said more",
    "case.answered": "Wrote an answer",
    "case.answer_taken_back": "Took an answer back",
    "case.answer_sent": "The answer left",
    "case.answer_failed": "The answer could not be delivered",
    "case.dispute_answered": "Answered the scheme",
    "case.disputed": "Noted by when a scheme wants our answer",
    "case.no_complaint": "Took the mark of a complaint off",
    "case.no_complaint_asked": "Asked that it is no complaint",
    "case.nudged": "Came back: the customer was waited for long enough, and was reminded",
    "case.noted": "Noted something",
    "case.called": "Wrote down a call",
    "case.sorted": "Sorted the case",
    "case.ticked": "Ticked off the checklist",
    "case.verified": "Verified who it is",
    "case.weighed": "It grew more severe with age",
    "case.proof_ended": "Somebody called: who it is has to be verified anew",
    "case.taken_up": "Took the case up",
    "case.tagged": "Changed its tags",
    "case.file_attached": "Attached a file to the next answer",
    "case.file_received": "Took in a file of a visitor",
    "case.file_taken_off": "Took a file off the answer",
    "case.file_opened": "Took a file along",
    "case.held_picture_shown": "Looked at a picture that is held",
    "ready_text.saved": "Wrote a ready text",
    "ready_text.retired": "Retired a ready text",
    "letter.saved": "Kept a letter",
    "case.waits": "Let the case wait",
    "case.woke": "The case came back",
    "case.resolved": "Resolved the case",
    "case.reopened": "Opened the case again",
    "case.closed": "The case was closed",
    "case.promised": "Promised something",
    "case.promise_kept": "Kept a promise",
    "case.linked": "Linked what it is about",
    "case.link_confirmed": "Confirmed what it is about",
    "case.link_rejected": "Said that it is not about this",
    "case.merged": "Made the case part of another",
    "case.took_in": "Took another case in",
    "case.parted": "Took the merge back",
    "reversal_request.acceptance_asked": "Asked to accept a reversal request",
    "reversal_request.accepted": "Agreed that the provider takes the money back",
    "reversal_request.contest_asked": "Asked to contest a reversal request",
    "reversal_request.contested": "Contested a reversal request",
    "reversal_request.recorded": "Recorded a reversal request",
    "reversal_request.released": "Closed a reversal request",
    "reversal_request.reversed": "Saw that the provider took the money back",
    "source_account.added": "Added an account",
    "rate_card.set": "Set what a provider may keep back",
}


@dataclass(frozen=True, slots=True)
class Done:
    """One record in words. `url` is the page of what it was done to, "" where there is none."""

    at: datetime
    by: str
    words: str
    subject: str
    url: str
    changes: str


def done_words(
    records: Iterable[AuditRecord], names: Mapping[str, str], *, about_others: bool = False
) -> list[Done]:
    """Records as a person reads them; `about_others` names what each was done to."""
    return [
        Done(
            at=record.at,
            by=names[record.actor],
            words=verb_words(record.verb),
            subject=subject_words(record.subject_kind, record.subject_id) if about_others else "",
            url=subject_page(record.subject_kind, record.subject_id),
            changes=change_words(record.changes),
        )
        for record in records
    ]


def verb_words(verb: str) -> str:
    """ "contract.activated" as a sentence without its subject; a verb that is not listed in its own words."""
    return VERB_WORDS.get(verb, verb.replace(".", " ").replace("_", " "))


def subject_words(kind: str, subject_id: str) -> str:
    """A public code where the thing has one, else its kind and id."""
    if kind in PAGES and subject_id.isdigit():
        return code_of(PAGES[kind][0], int(subject_id))
    return f"{kind.replace('_', ' ')} {subject_id}"


def subject_page(kind: str, subject_id: str) -> str:
    return page_of(kind, int(subject_id)) if kind in PAGES and subject_id.isdigit() else ""


def change_words(changes: dict[str, Any]) -> str:
    """What changed as "state deposit paid → active; rows 1 to 7"; "" when nothing is told."""
    currency = changes.get("currency")
    if not isinstance(currency, str) or not any(name.endswith("_minor") for name in changes):
        return "; ".join(_change(name, value) for name, value in changes.items())
    told = {
        name: _amounts(value, currency) if name.endswith("_minor") else value
        for name, value in changes.items()
        if name != "currency"
    }
    return "; ".join(_change(name.removesuffix("_minor"), value) for name, value in told.items())


def _amounts(value: Any, currency: str) -> Any:
    """Minor units as the money they are, one or several."""
    if isinstance(value, list):
        return [_amounts(each, currency) for each in value]
    return str(Money(value, currency)) if isinstance(value, int) and not isinstance(value, bool) else value


def _change(name: str, value: Any) -> str:
    words = name.removesuffix("_id").removesuffix("_minor").replace("_", " ")
    if name == "rows" and isinstance(value, list):
        return f"rows {' to '.join(_value(each, name) for each in value)}"
    unit = " minor units" if name.endswith("_minor") else ""
    if isinstance(value, list) and len(value) == 2 and not isinstance(value[0], (list, dict)):
        was, becomes = (_value(each, name) for each in value)
        return f"{words} {becomes}{unit}" if was == becomes else f"{words} {was} → {becomes}{unit}"
    if isinstance(value, list):
        return f"{words} {', '.join(_value(each, name) for each in value) or 'none'}"
    return f"{words} {_value(value, name)}{unit}"


def _value(value: Any, name: str) -> str:
    """One value; an id that has a page stands there as its public code, a long hash by its beginning."""
    kind = name.removesuffix("_id")
    if name.endswith("_id") and kind in PAGES and isinstance(value, int):
        return code_of(PAGES[kind][0], value)
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, list):
        return ", ".join(_value(each, name) for each in value) or "none"
    if isinstance(value, dict):
        return change_words(value) or "none"
    text = str(value)
    return f"{text[:12]}…" if len(text) == 64 else text.replace("_", " ")
