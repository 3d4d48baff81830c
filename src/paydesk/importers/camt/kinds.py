"""Bank transaction codes to kinds, only where the code is clear. Source: ISO 20022 external code set."""

from __future__ import annotations

from collections.abc import Iterable

from paydesk.importers.records import Kind

# Sub-family code to kind. What is not here is money in (a payment) or money out (a payout).
SUB_FAMILIES: dict[str, Kind] = {
    "CHRG": "fee", "COMM": "fee", "FEES": "fee", "COME": "fee", "COMT": "fee", "TAXE": "fee",
    "INTR": "adjustment", "ADJT": "adjustment", "CAJT": "adjustment", "DAJT": "adjustment",
    "RRTN": "reversal", "RPCR": "reversal", "PRDD": "reversal", "UPDD": "reversal", "UPCT": "reversal",
    "UPCQ": "reversal", "ARET": "reversal", "CRCQ": "reversal",
    "SWEP": "sweep", "ZABA": "sweep", "TOPG": "sweep", "ICCT": "sweep",
}  # fmt: skip
FAMILIES: dict[str, Kind] = {"CAPL": "sweep", "OPCL": "adjustment"}


def kind_of(
    codes: Iterable[tuple[str, str, str]], *, is_credit: bool, reversed_: bool, returned: bool
) -> Kind:
    """The kind of an entry from the (domain, family, sub-family) codes of it and its transactions.

    A reversal flag or return information decides before any code.
    """
    if reversed_ or returned:
        return "reversal"
    for _, family, sub_family in codes:
        kind = SUB_FAMILIES.get(sub_family) or FAMILIES.get(family)
        if kind:
            return kind
    return "payment" if is_credit else "payout"
