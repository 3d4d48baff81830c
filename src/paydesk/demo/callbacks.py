"""What Hubtel and M-Pesa tell the desk by themselves on the last morning, as they write it.

New payments of that morning, payments that came by file the day before, a push with its confirmation (one
payment told twice), payments accepted and never finished, and messages that nobody can take.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from paydesk.demo.company import Contract
from paydesk.demo.markets import ACCOUNTS
from paydesk.demo.mess import Planter
from paydesk.demo.rows import Row, major

CALLED = ("gh_hubtel", "ke_mpesa")
NEW = 6
KNOWN = 4


@dataclass(frozen=True, slots=True)
class Called:
    """One callback: the way it comes and its body; what the desk should make of it."""

    account: str
    channel: str
    body: bytes
    expected: str
    provider_ref: str
    amount: int = 0
    number: str = ""


def callbacks_of_the_morning(
    key: str, day: date, contracts: Sequence[Contract], planter: Planter, in_files: Sequence[Row]
) -> Iterator[Called]:
    """The callbacks of one account. `in_files` are rows that were posted already; credits the contracts."""
    write = _hubtel if key == "gh_hubtel" else _c2b
    channel = "payment" if key == "gh_hubtel" else "confirmation"
    for row in [row for row in in_files if row.expected == "contract"][-KNOWN:]:
        yield Called(key, channel, write(row), "known", row.provider_ref, row.amount, row.number)
    start = datetime.combine(day, time(6, 5))
    paying = [c for c in contracts if c.rail.key == key and c.active and c.remaining > 3 * c.each]
    rows = [planter.row(c, c.each, start + timedelta(minutes=3 * n)) for n, c in enumerate(paying[:NEW])]
    for row, contract in zip(rows, paying, strict=False):
        contract.credited += row.amount
        yield Called(key, channel, write(row), "payment", row.provider_ref, row.amount, row.number)
    if rows and key == "ke_mpesa":
        yield Called(key, "push", _push(rows[-1]), "known", rows[-1].provider_ref, rows[-1].amount)
        yield Called(key, channel, _c2b(rows[0], "600111"), "rejected", rows[0].provider_ref, rows[0].amount)
    if rows and key == "gh_hubtel":
        yield Called(key, channel, _hubtel(rows[0]), "known", rows[0].provider_ref, rows[0].amount)
        for n, contract in enumerate(paying[NEW : NEW + 2]):
            row = planter.row(contract, contract.each, start + timedelta(minutes=40 + n))
            yield Called(key, channel, _hubtel(row, "0001"), "pending", row.provider_ref, row.amount)
        row = planter.row(paying[0], paying[0].each, start + timedelta(minutes=50))
        yield Called(key, channel, _hubtel(row, "9042"), "rejected", row.provider_ref, row.amount)
        other = Row(**{**_fields(rows[1 % len(rows)]), "amount": rows[1 % len(rows)].amount + 1_00})
        yield Called(key, channel, _hubtel(other), "rejected", other.provider_ref, other.amount)


def _fields(row: Row) -> dict[str, object]:
    return {name: getattr(row, name) for name in Row.__slots__}


def _exactly(document: object) -> bytes:
    """`document` as JSON; texts between two @ become numbers, digit by digit."""
    return json.dumps(document).replace('"@', "").replace('@"', "").encode()


def _hubtel(row: Row, code: str = "0000") -> bytes:
    after = row.amount if row.payer_bears_fee else row.amount - row.fee
    charged = row.amount + row.fee if row.payer_bears_fee else row.amount
    data = {
        "Amount": f"@{major(row.amount)}@", "Charges": f"@{major(row.fee)}@",
        "AmountAfterCharges": f"@{major(after)}@", "AmountCharged": f"@{major(charged)}@",
        "Description": row.text, "ClientReference": row.reference, "TransactionId": row.provider_ref,
        "ExternalTransactionId": row.network_ref, "OrderId": row.provider_ref,
        "PaymentDate": f"{row.at.isoformat()}Z",
    }  # fmt: skip
    words = {"0000": "success", "0001": "Transaction pending. Expect callback request for final state"}
    return _exactly({"ResponseCode": code, "Message": words.get(code, "invented"), "Data": data})


def _c2b(row: Row, number: str = "") -> bytes:
    first, _, last = row.payer.partition(" ")
    return _exactly(
        {
            "TransactionType": "Pay Bill", "TransID": row.provider_ref,
            "TransTime": row.at.strftime("%Y%m%d%H%M%S"), "TransAmount": major(row.amount),
            "BusinessShortCode": number or ACCOUNTS["ke_mpesa"][1].identifier,
            "BillRefNumber": row.reference, "InvoiceNumber": "", "OrgAccountBalance": "",
            "ThirdPartyTransID": "", "MSISDN": row.msisdn, "FirstName": first, "MiddleName": "",
            "LastName": last,
        }
    )  # fmt: skip


def _push(row: Row) -> bytes:
    items = {
        "Amount": f"@{major(row.amount)}@", "MpesaReceiptNumber": row.provider_ref,
        "TransactionDate": f"@{row.at:%Y%m%d%H%M%S}@", "PhoneNumber": f"@{row.msisdn}@",
    }  # fmt: skip
    callback = {
        "MerchantRequestID": "10001-invented-1", "CheckoutRequestID": f"ws_CO_INVENTED_{row.provider_ref}",
        "ResultCode": "@0@", "ResultDesc": "The service request is processed successfully.",
        "CallbackMetadata": {"Item": [{"Name": name, "Value": value} for name, value in items.items()]},
    }  # fmt: skip
    return _exactly({"Body": {"stkCallback": callback}})
