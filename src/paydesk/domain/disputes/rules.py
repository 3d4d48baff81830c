"""By when a dispute is answered, with what, and what of it is lost. Values in, values out."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta

from paydesk.domain.disputes.reason_codes import EVIDENCE, reason_code
from paydesk.domain.disputes.states import LOST, WON

DAYS_IN_HAND = 2  # business days that our own deadline lies before the scheme's last day
OUTCOMES = {
    "won": "We won: the money is ours",
    "lost": "We lost: the money stays with the cardholder",
    "withdrawn": "The cardholder took it back",
}
# The transition of each outcome, before arbitration and in it.
TRANSITIONS = {
    "won": ("win", "win_for_good"),
    "lost": ("lose", "lose_for_good"),
    "withdrawn": ("withdraw", "withdraw"),
}


def last_day(scheme: str, code: str, notice_on: date, told: date | None) -> date | None:
    """The last day on which the scheme takes our answer: the provider's, or the scheme's if that is earlier.

    None where neither says one.
    """
    known = reason_code(scheme, code)
    days = known.answer_days if known is not None else None
    given = [notice_on + timedelta(days=days)] if days is not None else []
    given += [told] if told is not None else []
    return min(given, default=None)


def problem_with_notice(
    scheme: str, code: str, notice_on: date, told: date | None, paid_on: date, today: date
) -> str:
    """Why a notice cannot be so, in a sentence; "" if it can."""
    if reason_code(scheme, code) is None:
        return "Choose scheme and reason code from the list."
    if notice_on > today:
        return "The notice cannot be of a day to come."
    if notice_on < paid_on:
        return f"The notice cannot be older than the payment, which is of {paid_on}."
    if told is not None and told < notice_on:
        return "The last day to answer cannot lie before the notice."
    if last_day(scheme, code, notice_on, told) is None:
        return "Give the last day to answer: no scheme gives one here."
    return ""


def checklist(scheme: str, code: str, given: Iterable[str]) -> list[str]:
    """Kinds of evidence to give or to say why not, those of the reason first, then what was added."""
    known = reason_code(scheme, code)
    wanted = list(known.evidence) if known is not None else []
    return list(dict.fromkeys([*wanted, *(kind for kind in EVIDENCE if kind in set(given))]))


def missing(wanted: Iterable[str], given: Collection[str]) -> list[str]:
    """Words of what nobody gave and nobody said why."""
    return [EVIDENCE[kind] for kind in wanted if kind not in given]


def lost_minor(state: str, amount_minor: int, won_minor: int, debited_minor: int, credited_minor: int) -> int:
    """How much of what was debited is lost in this state; the rest is still claimed, or came back.

    A win may be of a part: what was not won is lost, unless the provider credits it all the same.
    """
    if state in LOST:
        return debited_minor - credited_minor
    if state in WON and won_minor < amount_minor:
        return max(0, debited_minor - max(credited_minor, won_minor))
    return 0


def of_payment_minor(lost: int, open_minor: int, credited: int, allocated: int, shortfall: int) -> int:
    """How much of a loss its payment can bear: what of it is still with us. The rest is our expense."""
    return max(0, min(lost, open_minor + credited + allocated - shortfall))
