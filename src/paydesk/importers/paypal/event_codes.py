"""PayPal's transaction event codes: what each group does to the balance, and the words for it.

The first four characters are the group; a code that is listed by itself departs from its group. A code is a
credit or a debit by its own column, so a payment that goes out is a payout.
"""

from __future__ import annotations

from paydesk.importers.records import Kind

GROUPS: dict[str, tuple[Kind, str]] = {
    "T00": ("payment", "payment"), "T01": ("fee", "fee"), "T02": ("conversion", "currency conversion"),
    "T03": ("float_transfer", "deposit from the bank"), "T04": ("sweep", "withdrawal to the bank"),
    "T05": ("payout", "debit card purchase"), "T06": ("sweep", "withdrawal to a card"),
    "T07": ("float_transfer", "deposit from a card"), "T08": ("adjustment", "bonus"),
    "T09": ("adjustment", "incentive"), "T10": ("payout", "bill payment"), "T11": ("reversal", "reversal"),
    "T12": ("adjustment", "adjustment"), "T13": ("notice", "authorization"),
    "T14": ("adjustment", "dividend"), "T15": ("reserve", "hold"),
    "T16": ("float_transfer", "deposit of buyer credit"), "T17": ("sweep", "withdrawal elsewhere"),
    "T18": ("payout", "withdrawal of buyer credit"), "T19": ("adjustment", "account correction"),
    "T20": ("float_transfer", "transfer between PayPal accounts"), "T21": ("reserve", "reserve"),
    "T22": ("adjustment", "transfer"), "T30": ("payment", "payment by another instrument"),
    "T50": ("adjustment", "collection or disbursement"), "T97": ("adjustment", "payable or receivable"),
    "T98": ("notice", "shown only"), "T99": ("adjustment", "other"),
}  # fmt: skip
CODES: dict[str, tuple[Kind, str]] = {
    "T0001": ("payment", "mass payment"), "T0002": ("payment", "subscription payment"),
    "T0003": ("payment", "pre-approved payment"), "T0006": ("payment", "checkout payment"),
    "T0007": ("payment", "website payment"), "T0013": ("payment", "donation"),
    "T0106": ("fee", "chargeback fee"), "T0114": ("fee", "dispute fee"),
    "T0400": ("sweep", "withdrawal to the bank"), "T0401": ("sweep", "automatic withdrawal to the bank"),
    "T1101": ("sweep", "reversal of a withdrawal"), "T1104": ("float_transfer", "reversal of a deposit"),
    "T1105": ("reserve", "release of a hold"), "T1106": ("reversal", "payment reversal"),
    "T1107": ("refund", "refund"), "T1108": ("fee", "fee reversal"), "T1109": ("fee", "fee refund"),
    "T1110": ("reserve", "hold for a dispute"), "T1111": ("reserve", "release of a dispute hold"),
    "T1113": ("refund", "credit without reference"), "T1114": ("payout", "mass payment reversal"),
    "T1115": ("payout", "mass payment refund"),
    "T1201": ("chargeback", "chargeback"), "T1202": ("chargeback", "chargeback reversal"),
    "T1203": ("adjustment", "charge-off"), "T1205": ("chargeback", "chargeback reimbursed"),
    "T1207": ("chargeback", "chargeback representment rejected"),
    "T1208": ("chargeback", "chargeback cancelled"),
}  # fmt: skip


def meaning(code: str, *, credit: bool) -> tuple[Kind, str] | None:
    """What a code is and its words; None for a group that is not known."""
    found = CODES.get(code) or GROUPS.get(code[:3])
    if found is None:
        return None
    kind, words = found
    return ("payout" if kind == "payment" and not credit else kind), words
