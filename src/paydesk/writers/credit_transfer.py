"""Bank transfers as pain.001 messages, written and checked against the schema by sepaxml."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sepaxml import SepaTransfer
from sepaxml.validation import ValidationError

from paydesk.kernel.money import Money

SCHEMA = "pain.001.001.03"


@dataclass(frozen=True, slots=True)
class Debtor:
    """Our account: holder, IBAN and, where the bank wants it, its BIC."""

    name: str
    iban: str
    bic: str = ""


@dataclass(frozen=True, slots=True)
class Transfer:
    """One payee. `reference` is ours and comes back with results (end-to-end id)."""

    name: str
    iban: str
    amount: Money
    reference: str
    text: str


def write(transfers: Iterable[Transfer], *, debtor: Debtor, on: date, currency: str) -> bytes:
    """One batch of transfers from one account, to be executed on a day; XML as bytes.

    Raises ValueError if what is given does not make a valid message: an IBAN, a name too long.
    """
    config: dict[str, object] = {
        "name": debtor.name,
        "IBAN": debtor.iban,
        "batch": True,
        "currency": currency,
    }
    if debtor.bic:
        config["BIC"] = debtor.bic
    message = SepaTransfer(config, schema=SCHEMA, clean=True)
    for transfer in transfers:
        if transfer.amount.currency != currency:
            raise ValueError(
                f"{transfer.reference} is in {transfer.amount.currency}, the batch in {currency}."
            )
        message.add_payment(
            {
                "name": transfer.name,
                "IBAN": transfer.iban,
                "amount": transfer.amount.amount_minor,
                "execution_date": on,
                "description": transfer.text,
                "endtoend_id": transfer.reference,
            }
        )
    try:
        return bytes(message.export(validate=True))
    except ValidationError as problem:
        raise ValueError(f"These transfers do not make a valid {SCHEMA} message: {problem}") from problem
