"""The verbs of refunds: asking, deciding, releasing, sending, hearing what became of them."""

from paydesk.domain.refunds.actions.by_rows import match_refund_row, settle_by_row
from paydesk.domain.refunds.actions.checking import look_again
from paydesk.domain.refunds.actions.entitling import (
    ENTITLE,
    approve_refund,
    cancel_refund,
    change_payee,
    entitlement_ended,
    request_refund,
    try_refund_again,
)
from paydesk.domain.refunds.actions.outcomes import (
    RESOLVE,
    ResultLine,
    approve_resolution,
    bounce_refund,
    lose_track_of_refund,
    read_results,
    record_outcome,
    request_resolution,
)
from paydesk.domain.refunds.actions.payout_files import (
    put_payout_file_aside,
    send_payout_file,
    take_refund_out,
)
from paydesk.domain.refunds.actions.releasing import (
    RELEASE,
    approve_release,
    release_ended,
    request_release,
    save_payout_profile,
)
from paydesk.domain.refunds.steps import (
    ChecksChangedRefused,
    EarlierRefused,
    PayoutFileChangedRefused,
    RefundChangedRefused,
    RefundRefused,
)

__all__ = [
    "ENTITLE",
    "RELEASE",
    "RESOLVE",
    "ChecksChangedRefused",
    "EarlierRefused",
    "PayoutFileChangedRefused",
    "RefundChangedRefused",
    "RefundRefused",
    "ResultLine",
    "approve_refund",
    "approve_release",
    "approve_resolution",
    "bounce_refund",
    "cancel_refund",
    "change_payee",
    "entitlement_ended",
    "look_again",
    "lose_track_of_refund",
    "match_refund_row",
    "put_payout_file_aside",
    "read_results",
    "record_outcome",
    "release_ended",
    "request_refund",
    "request_release",
    "request_resolution",
    "save_payout_profile",
    "send_payout_file",
    "settle_by_row",
    "take_refund_out",
    "try_refund_again",
]
