"""What an approval asks for, in words: one of a kind, several of them, and what was decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from paydesk.kernel.lifecycle import words

if TYPE_CHECKING:
    from paydesk.foundation.approvals.models import Approval


@dataclass(frozen=True, slots=True)
class KindWords:
    """`one` is a title, `many` heads a group, `does` follows "Approve: ", `asked` follows a person's name."""

    one: str
    many: str
    does: str
    asked: str


# One line for each kind that may be asked for.
WORDS = {
    "payment.apply_aged": KindWords("Apply on request", "Money to apply", "apply", "asked to apply it"),
    "payment.move": KindWords(
        "Move to another customer",
        "Moves to another customer",
        "move",
        "asked to move it to another customer",
    ),
    "payment.reverse": KindWords(
        "Take a payment back", "Payments to take back", "take back", "asked to take it back"
    ),
    "payment.reinstate": KindWords(
        "Undo a reversal of ours", "Reversals to undo", "put back", "asked to undo the reversal"
    ),
    "payment.backdate": KindWords(
        "Let a payment count from an earlier day",
        "Payments to backdate",
        "backdate",
        "asked to let it count from an earlier day",
    ),
    "reversal_row.match": KindWords(
        "Take back by a provider’s row",
        "Provider’s rows to match",
        "take back",
        "asked to take it back by a row of the provider",
    ),
    "reversal_row.book": KindWords(
        "Book a provider’s row as what it is",
        "Provider’s rows to book",
        "book",
        "asked to book it as what it is",
    ),
    "reversal_row.book_many": KindWords(
        "Book many rows of a provider as what they are",
        "Provider’s rows to book together",
        "book",
        "asked to book them as what they are",
    ),
    "due_item.write_off": KindWords(
        "Write off a small difference", "Small differences", "write off", "asked to write off the difference"
    ),
    "due_item.owe_again": KindWords(
        "Undo a write-off", "Write-offs to undo", "undo the write-off", "asked to undo the write-off"
    ),
    "reversal_request.accept": KindWords(
        "Accept a reversal request", "Reversal requests to accept", "accept", "asked to accept it"
    ),
    "reversal_request.contest": KindWords(
        "Contest a reversal request", "Reversal requests to contest", "contest", "asked to contest it"
    ),
    "dispute.accept": KindWords("Accept a dispute", "Disputes to accept", "accept", "asked to accept it"),
    "dispute.challenge": KindWords(
        "Challenge a dispute", "Disputes to challenge", "challenge", "asked to challenge it"
    ),
    "payment.receive_by_hand": KindWords(
        "Receive by hand", "Receipts by hand", "receive", "asked to receive it by hand"
    ),
    "refund.entitle": KindWords("Refund", "Refunds", "refund", "asked for a refund"),
    "goodwill.give": KindWords("Goodwill", "Goodwill", "give", "asked to give goodwill"),
    "goodwill.undo": KindWords(
        "Take goodwill back", "Goodwill to take back", "take back", "asked to take goodwill back"
    ),
    "seller.again": KindWords(
        "Pay a withdrawal out again",
        "Withdrawals to pay again",
        "ask for it",
        "asked to have it paid out again",
    ),
    "seller.hold": KindWords(
        "Hold money of a seller back", "Money of sellers to hold", "hold", "asked to hold money back"
    ),
    "seller.release": KindWords(
        "Set money of a seller free", "Money of sellers to set free", "set free", "asked to set money free"
    ),
    "payout_file.release": KindWords(
        "Let a payout file go", "Payout files to let go", "release", "asked to release the payout file"
    ),
    "refund.resolve": KindWords(
        "Settle a refund without an answer", "Refunds without an answer", "settle", "asked to settle it"
    ),
    "days.close": KindWords("Close days", "Days to close", "close", "asked to close days"),
    "days.reopen": KindWords(
        "Open days again", "Days to open again", "open again", "asked to open days again"
    ),
    "exception.adjust": KindWords(
        "Adjust a difference", "Differences to adjust", "adjust", "asked to adjust the difference"
    ),
    "exception.write_off": KindWords(
        "Write off a small difference of two sides",
        "Differences of two sides to write off",
        "write off",
        "asked to write off the difference",
    ),
    "exception.take_back": KindWords(
        "Take an adjustment back", "Adjustments to take back", "take back", "asked to take it back"
    ),
    "exception.post": KindWords(
        "Post a missing payment", "Missing payments to post", "post", "asked to post the missing payment"
    ),
    "rules.change": KindWords(
        "Change the rules of matching", "Rules to adopt", "adopt", "asked to adopt other rules"
    ),
    "day.sign": KindWords("Sign a reconciled day", "Days to sign", "sign", "asked to sign the day"),
    "day.reopen": KindWords(
        "Open a signed day again", "Signed days to open again", "open again", "asked to open the day again"
    ),
    "case.no_complaint": KindWords(
        "Take the mark of a complaint off",
        "Marks of complaints",
        "take the mark off",
        "asked that it is no complaint",
    ),
    "clock.set_due": KindWords(
        "Set another due time", "Due times to set", "set the due time", "asked for another due time"
    ),
    "clock.waive": KindWords(
        "Take a clock out of the count", "Clocks to waive", "waive", "asked to take it out of the count"
    ),
    "file.unpost": KindWords("Un-post a file", "Files to un-post", "un-post", "asked to un-post the file"),
}
STATE_WORDS = {
    "approved": "approved it",
    "rejected": "said no",
    "withdrawn": "took it back",
    "expired": "nobody decided in time",
}


def words_of(kind: str) -> KindWords:
    """The words of a kind; of one that is not listed, its own."""
    plain = words(kind.replace(".", " "))
    return WORDS.get(kind, KindWords(plain.capitalize(), plain.capitalize(), plain, f"asked for {plain}"))


def decided_words(approval: Approval) -> str:
    """ "approved it", "said no": what became of an approval that waits no more."""
    return STATE_WORDS.get(approval.state, words(approval.state))
