"""The verbs of payments: taking money in, applying it, and putting right what went wrong."""

from paydesk.domain.payments.actions.applying import apply_payment, approve_apply, request_apply
from paydesk.domain.payments.actions.backdating import approve_backdating, request_backdating
from paydesk.domain.payments.actions.correcting import (
    CorrectionRefused,
    approve_move,
    approve_reversal,
    approve_write_off,
    request_move,
    request_reversal,
    request_write_off,
)
from paydesk.domain.payments.actions.doubles import DoubleRefused, answer_double
from paydesk.domain.payments.actions.files import confirm_file, post_file, receive_lines
from paydesk.domain.payments.actions.owing_again import approve_owing_again, request_owing_again
from paydesk.domain.payments.actions.provider_rows import (
    approve_original,
    join_transit,
    match_original,
    part_transit,
    request_original,
    unmatch_original,
)
from paydesk.domain.payments.actions.reinstating import approve_reinstating, request_reinstating
from paydesk.domain.payments.actions.showing import ShownBalanceRefused, enter_shown_balance
from paydesk.domain.payments.actions.splitting import split_payment
from paydesk.domain.payments.actions.taking_off import replay_contract, unapply_payment, undo_apply
from paydesk.domain.payments.actions.unasked_rows import (
    BOOKINGS,
    approve_booking,
    request_booking,
    unexplain_row,
)
from paydesk.domain.payments.actions.unasked_rows_together import (
    MOST_TOGETHER,
    approve_bookings,
    request_bookings,
)
from paydesk.domain.payments.actions.unposting import (
    UnpostRefused,
    approve_unpost,
    request_unpost,
    unpost_file,
)
from paydesk.domain.payments.applicable import ApplyRefused, SecondPersonRefused
from paydesk.domain.payments.explained_rows import ExplanationRefused

__all__ = [
    "BOOKINGS",
    "ApplyRefused",
    "CorrectionRefused",
    "DoubleRefused",
    "ExplanationRefused",
    "SecondPersonRefused",
    "ShownBalanceRefused",
    "UnpostRefused",
    "answer_double",
    "apply_payment",
    "approve_apply",
    "approve_backdating",
    "approve_booking",
    "approve_move",
    "approve_original",
    "approve_owing_again",
    "approve_reinstating",
    "approve_reversal",
    "approve_unpost",
    "approve_write_off",
    "confirm_file",
    "enter_shown_balance",
    "join_transit",
    "match_original",
    "part_transit",
    "post_file",
    "receive_lines",
    "replay_contract",
    "request_apply",
    "request_backdating",
    "request_booking",
    "request_move",
    "request_original",
    "request_owing_again",
    "request_reinstating",
    "request_reversal",
    "request_unpost",
    "request_write_off",
    "split_payment",
    "unapply_payment",
    "undo_apply",
    "unexplain_row",
    "unmatch_original",
    "unpost_file",
    "MOST_TOGETHER",
    "approve_bookings",
    "request_bookings",
]
