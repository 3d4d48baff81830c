"""What cases are about, as delivered: a tree of two levels, what each asks for before it is resolved.

The versions that a company makes of it are rows (models.CategoryTree); this is the one to begin with.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# code: (words, {code: (words, what has to be checked before it is resolved)})
DELIVERED: Mapping[str, tuple[str, Mapping[str, tuple[str, tuple[str, ...]]]]] = {
    "paying": (
        "Paying",
        {
            "paying.not_applied": (
                "Paid, but not credited",
                ("Payment found or asked about at the provider", "Contract and lock checked"),
            ),
            "paying.twice": ("Charged twice", ("Both payments compared", "Kept or given back, as they want")),
            "paying.wrong_amount": ("Wrong amount", ("Amount compared with the provider's row",)),
            "paying.wrong_account": ("Paid to the wrong account", ("Both customers told",)),
            "paying.failed_but_debited": (
                "Failed, but debited",
                ("Asked the provider for its status", "Told when it comes back"),
            ),
        },
    ),
    "withdrawal": (
        "Withdrawal",
        {
            "withdrawal.late": ("Withdrawal is late", ("Where it stands, and by when it comes, told",)),
            "withdrawal.failed": ("Withdrawal failed", ("Where the money is, told",)),
        },
    ),
    "refund": (
        "Refund",
        {
            "refund.wanted": ("Wants money back", ("Policy told in plain words",)),
            "refund.late": ("Refund has not come", ("Refund traced, its state told",)),
            "refund.bounced": ("Refund came back", ("Another way to pay it agreed",)),
        },
    ),
    "payout": ("Payout", {"payout.late": ("Payout has not come", ("Payout traced, its state told",))}),
    "method": (
        "Payment method",
        {"method.link_fails": ("Cannot link a payment method", ("Reason of the failed tries told",))},
    ),
    "account": (
        "Account",
        {
            "account.locked": ("Locked though paid", ("Payments and due dates compared", "Lock checked")),
            "account.statement": ("Wants a statement or explanation", ()),
            "account.details": ("Change of details", ("Identity is strong",)),
        },
    ),
    "fraud": (
        "Fraud",
        {"fraud.unauthorised": ("Did not make this payment", ("Given to risk", "Account looked at"))},
    ),
    "other": ("Other", {"other.general": ("General question", ()), "other.no_case": ("Nothing of ours", ())}),
}

ROOT_CAUSES = {
    "not_received": "Not received",
    "duplicate_charge": "Charged twice",
    "wrong_amount": "Wrong amount",
    "wrong_recipient": "Wrong recipient",
    "refund_late": "Refund late",
    "payout_late": "Payout late",
    "unauthorised": "Not authorised",
    "account_locked_after_payment": "Locked after payment",
    "fee_surprise": "Fee not expected",
    "fx": "Exchange rate",
    "failed_but_debited": "Failed, but debited",
    "merchant_fault": "Fault of a merchant",
    "provider_outage": "Outage of a provider",
    "own_defect": "Defect of ours",
    "payer_mistake": "Mistake of the payer",
    "none": "No fault: a question",
}


# What a category may ask for beside cause and outcome before its cases are resolved, in words.
REQUIRED = {
    "customer": "Say which customer it is about.",
    "amount": "Say which amount it is about.",
    "link": "Link and confirm what it is about: a payment, a contract, a refund.",
    "identity": "Verify who is asking, by two facts at least.",
}
# Before what a category may ask for kinds of documents (document_kinds.ASKED_FOR).
DOCUMENTS_BEFORE = {"resolve": "before it is resolved", "risk": "before it is escalated to risk"}


def as_json() -> dict[str, Any]:
    """The delivered tree as a version of it is stored."""
    return {
        code: {
            "words": words,
            "children": {
                child: {"words": said, "checks": list(checks)} for child, (said, checks) in children.items()
            },
        }
        for code, (words, children) in DELIVERED.items()
    }


def leaves(tree: Mapping[str, Any], *, retired: bool = False) -> dict[str, str]:
    """The categories a case may have, by code: "Paying: Charged twice"; with `retired` those of before."""
    return {
        code: f"{group['words']}: {leaf['words']}"
        for group in tree.values()
        for code, leaf in group["children"].items()
        if retired or not leaf.get("retired")
    }


def required_by(tree: Mapping[str, Any], code: str) -> list[str]:
    """What a category asks for before it is resolved (keys of REQUIRED); empty for an unknown one."""
    return list(_leaf(tree, code).get("required", ()))


def documents_of(tree: Mapping[str, Any], code: str, before: str) -> list[str]:
    """Kinds of documents a category asks for `before` ("resolve", "risk"); empty for an unknown one."""
    return list(_leaf(tree, code).get("documents", {}).get(before, ()))


def checks_of(tree: Mapping[str, Any], code: str) -> list[str]:
    """What is ticked off before a case of this category is resolved; empty for an unknown one."""
    return list(_leaf(tree, code).get("checks", ()))


def _leaf(tree: Mapping[str, Any], code: str) -> Mapping[str, Any]:
    return next((group["children"][code] for group in tree.values() if code in group["children"]), {})
