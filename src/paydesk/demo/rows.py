"""A row as a provider will state it, before it is written in that provider's layout, with what is expected
of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

# What the desk should make of a row; truth/README.txt says the same in the words of the desk.
Outcome = Literal["contract", "reversed", "unapplied", "suspense", "credit", "no_payment", "rejected"]


@dataclass(slots=True)
class Row:
    """One row of a provider's or bank's file. `at` is the provider's local time; amounts in minor units,
    plus = towards us. `mess` is what was planted in it ("" for an ordinary row), `broken` a cell that
    cannot be read.

    `rule` and `number` are how the desk should find the payer and which account number it should credit.
    """

    at: datetime
    kind: str
    status: str
    amount: int
    provider_ref: str
    fee: int = 0
    payer_bears_fee: bool = False
    reference: str = ""
    text: str = ""
    msisdn: str = ""
    payer: str = ""
    network_ref: str = ""
    batch: str = ""
    linked: str = ""
    balance: int = 0
    broken: str = ""
    mess: str = ""
    expected: Outcome = "no_payment"
    rule: str = ""
    number: str = ""
    line: int = 0

    @property
    def net(self) -> int:
        """What reaches our balance at the provider: failed and pending rows move nothing."""
        if self.status != "success":
            return 0
        return self.amount if self.payer_bears_fee else self.amount - self.fee


def major(minor: int, *, thousands: bool = False, sign: bool = True) -> str:
    """Minor units (hundredths in all demo currencies) as text: "1250.00", or "1,250.00"."""
    whole, cents = divmod(abs(minor), 100)
    text = f"{whole:,}.{cents:02}" if thousands else f"{whole}.{cents:02}"
    return f"-{text}" if minor < 0 and sign else text
