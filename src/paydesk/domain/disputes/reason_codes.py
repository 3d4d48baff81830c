"""Why a cardholder contests, as the schemes number it: each code's days and the evidence that fits it.

`reason_codes.csv` gathers what processors publish, each row with its sources; which evidence fits a code is
our proposal. A scheme's own rules, the region and the processor may give less time: the provider's day counts
before.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

SCHEMES = {
    "visa": "Visa",
    "mastercard": "Mastercard",
    "amex": "American Express",
    "other": "Another way to pay",
}
CATEGORIES = {
    "fraud": "Fraud",
    "authorization": "Authorisation",
    "processing_error": "Processing error",
    "consumer_dispute": "Dispute of the customer",
}
# What answers a dispute; the words of the checklist.
EVIDENCE = {
    "3ds_result": "Result of the 3-D Secure check",
    "advertising_copy": "The advertisement as it was shown",
    "authenticity_proof": "Proof that the goods are genuine",
    "authorization_log": "Record of the authorisation",
    "avs_cvv_result": "Result of the address and security code checks",
    "cancellation_log": "When and how it was cancelled",
    "chip_or_contactless_record": "Record of the chip or contactless read",
    "chip_read_record": "Record of the chip read",
    "currency_disclosure": "The currency the customer was shown",
    "customer_messages": "What the customer wrote to us",
    "delivery_proof": "Proof of delivery",
    "delivery_to_verified_address": "Delivery to an address that was checked",
    "descriptor_proof": "How the payment is named on the card statement",
    "device_or_ip_match": "Device or network used before by the customer",
    "inspection_report": "Report of an inspection",
    "instalment_agreement": "The instalment agreement",
    "itemised_receipt": "Itemised receipt",
    "machine_journal": "Journal of the machine",
    "no_return_proof": "Proof that nothing came back",
    "order_details": "Details of the order",
    "pin_verification": "Proof that the PIN was entered",
    "prior_undisputed_payments": "Earlier payments that nobody contested",
    "product_description": "Description of the product",
    "program_exemption_proof": "Proof that the programme does not apply",
    "proof_of_separate_obligation": "Proof that two things were owed",
    "refund_policy": "Refund policy the customer agreed to",
    "refund_proof": "Proof of the refund",
    "return_policy": "Policy for goods that come back",
    "service_usage_log": "Record of use",
    "signed_receipt": "Signed receipt",
    "supplier_invoice": "Invoice of the supplier",
    "terminal_capability": "What the terminal can read",
    "terms_accepted": "Terms the customer agreed to",
    "transaction_date_proof": "Proof of the day of the payment",
    "transaction_record": "Record of the payment",
    "two_distinct_orders": "Two orders that are not the same",
    "usage_after_cancellation": "Use after it was cancelled",
    "something_else": "Something else that answers it",
}
ANYTHING = "any"  # the code of a scheme whose codes nobody lists here
# Days a scheme gives to answer (docs.chargeflow.io network timelines). None: the provider says the day.
_WITHOUT_CODES = {"amex": 20, "other": None}


@dataclass(frozen=True, slots=True)
class ReasonCode:
    """One code of one scheme. `answer_days` are the scheme's calendar days from its notice."""

    scheme: str
    code: str
    title: str
    category: str
    answer_days: int | None
    evidence: tuple[str, ...]
    source: str

    @property
    def key(self) -> str:
        """As forms send it: "visa 13.1"."""
        return f"{self.scheme} {self.code}"

    @property
    def words(self) -> str:
        return f"{self.code} {self.title}" if self.code != ANYTHING else self.title


@cache
def reason_codes() -> dict[tuple[str, str], ReasonCode]:
    """Every code by (scheme, code), in the order of the table."""
    text = files("paydesk.domain.disputes").joinpath("reason_codes.csv").read_text(encoding="utf-8")
    found = [
        ReasonCode(
            row["network"], row["code"], row["title"], row["category"], int(row["network_response_days"]),
            tuple(row["suggested_evidence"].split(";")), row["source"],
        )
        for row in csv.DictReader(text.splitlines())
    ]  # fmt: skip
    found += [
        ReasonCode(
            scheme, ANYTHING, "The reason the provider names", "consumer_dispute", days,
            ("customer_messages", "transaction_record", "something_else"),
            "docs.chargeflow.io network timelines" if days else "The provider gives the day",
        )
        for scheme, days in _WITHOUT_CODES.items()
    ]  # fmt: skip
    return {(each.scheme, each.code): each for each in found}


def reason_code(scheme: str, code: str) -> ReasonCode | None:
    return reason_codes().get((scheme, code))
