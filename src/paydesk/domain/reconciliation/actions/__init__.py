"""The verbs of reconciliation: run a day, explain what it could not prove, match by hand, sign."""

from paydesk.domain.reconciliation.actions.explaining import (  # noqa: F401
    accept_timing,
    approve_adjustment,
    ask_provider,
    reopen_exception,
    request_adjustment,
    resolve_exception,
)
from paydesk.domain.reconciliation.actions.matching import (  # noqa: F401
    MatchRefused,
    confirm_suggestion,
    match_by_hand,
    reject_suggestion,
    revoke_match,
)
from paydesk.domain.reconciliation.actions.posting import (  # noqa: F401
    approve_posting,
    request_posting,
)
from paydesk.domain.reconciliation.actions.rules import (  # noqa: F401
    RulesChangeRefused,
    approve_rules,
    learn_from_matches,
    refuse_proposal,
    request_proposal,
    request_rules,
    set_matches_needed,
)
from paydesk.domain.reconciliation.actions.running import (  # noqa: F401
    RunRefused,
    ask_run,
    cancel_run,
    perform_run,
)
from paydesk.domain.reconciliation.actions.signing import (  # noqa: F401
    DayRefused,
    approve_reopening,
    approve_signature,
    ask_to_reopen,
    ask_to_sign,
)
from paydesk.domain.reconciliation.actions.taking_apart import take_apart  # noqa: F401
from paydesk.domain.reconciliation.actions.writing_off import (  # noqa: F401
    approve_exception_write_off,
    approve_take_back,
    request_exception_write_off,
    request_take_back,
)
from paydesk.domain.reconciliation.held import ExceptionRefused  # noqa: F401
