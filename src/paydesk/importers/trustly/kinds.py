"""What a settled Trustly item is: by its settlement type, its transaction type and the bank's return code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from paydesk.importers.amounts import plain_text
from paydesk.importers.records import Kind

# NACHA return codes by which the payer contests the debit or stops it; with any other the bank could not
# collect. Source: the Nacha operating rules' list of return reasons; the origin's tests hold R08 and R10.
CONTESTED = frozenset({"R05", "R07", "R08", "R10", "R11", "R29"})
RETURN_CODE = re.compile(r"R\d\d")
_SALES = frozenset({"sale", "capture"})
_REFUNDS = frozenset({"refund"})
_RETURNS = frozenset({"return"})


def kind_of(item: Mapping[str, str], amount: Decimal) -> Kind:
    """The kind of an item that was settled; the settlement type decides where the file fills it.

    Raises ValueError for a word that is not known and for a sign that contradicts it.
    """
    word = (item.get("settlement type") or item.get("transaction type", "")).casefold()
    reason = item.get("reason", "").upper()
    if not item.get("settlement type") and amount < 0 and RETURN_CODE.fullmatch(reason):
        word = "return"
    if word in _SALES and amount >= 0:
        return "payment"
    if word in _REFUNDS and amount <= 0:
        return "refund"
    if word in _RETURNS and amount <= 0:
        return "chargeback" if reason in CONTESTED else "reversal"
    known = word in _SALES | _REFUNDS | _RETURNS
    if known:
        raise ValueError(f"A {word} of {plain_text(amount)} contradicts itself; ask Trustly what it is.")
    raise ValueError(f"The item is a {word[:30]!r}, a type we do not know; ask Trustly what it means.")
