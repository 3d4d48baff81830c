"""Reads about reconciliation: days of accounts, runs, exceptions, matches, what forbids signing."""

from paydesk.domain.reconciliation.queries.days import (
    DayCell,
    Share,
    accounts_to_prove,
    day_for,
    day_of,
    heat,
    where_money_is,
)
from paydesk.domain.reconciliation.queries.exceptions import (
    CODE_PREFIX,
    SUBJECT,
    code,
    count_open,
    counts_by_state,
    exception_for,
    exception_id,
    exceptions,
    exceptions_of_payment,
    likely_partners,
    open_by_class,
    unsolved,
    waiting_over,
)
from paydesk.domain.reconciliation.queries.explanations import (
    match_in_run,
    rows_kept,
    rules_of,
    why_not_offered,
)
from paydesk.domain.reconciliation.queries.matches import (
    match_for,
    matches_by_people,
    suggestions,
)
from paydesk.domain.reconciliation.queries.runs import (
    days_to_run,
    result_file,
    rows_behind,
    run_for,
    runs_of,
    runs_to_resume,
)
from paydesk.domain.reconciliation.queries.signing import (
    check_of_day,
    proof_to_keep,
)

__all__ = [
    "CODE_PREFIX",
    "DayCell",
    "SUBJECT",
    "Share",
    "accounts_to_prove",
    "check_of_day",
    "code",
    "count_open",
    "counts_by_state",
    "day_for",
    "day_of",
    "days_to_run",
    "exception_for",
    "exception_id",
    "exceptions",
    "exceptions_of_payment",
    "heat",
    "likely_partners",
    "match_for",
    "match_in_run",
    "matches_by_people",
    "open_by_class",
    "proof_to_keep",
    "result_file",
    "rows_behind",
    "rows_kept",
    "rules_of",
    "run_for",
    "runs_of",
    "runs_to_resume",
    "suggestions",
    "unsolved",
    "waiting_over",
    "where_money_is",
    "why_not_offered",
]
