"""Whom a case may be asked aside about, which clock runs meanwhile, whose answer counts."""

from __future__ import annotations

from collections.abc import Collection

from paydesk.kernel.lifecycle import Lifecycle

SIDE = Lifecycle(
    "side conversation",
    start="open",
    transitions={
        "answer": ({"open", "answered"}, "answered"),
        "ask_again": ({"open", "answered"}, "open"),
        "close": ({"open", "answered"}, "closed"),
    },
    families={"open": "held", "answered": "moving", "closed": "idle"},
)
WITH = {
    "finance": "Finance",
    "sales": "Sales",
    "engineering": "Engineering",
    "risk": "Risk and compliance",
    "provider": "A provider",
    "acquirer": "An acquirer",
    "other": "Somebody else",
}
# Whose people of the desk are meant where nobody is named.
ROLE_OF = {"finance": "FC", "risk": "RK"}
PROVIDER_RESPONSE, INTERNAL_TASK = "provider_response", "internal_task"
# Whom a case waits for, and the clock that runs for them; waiting for the customer has none.
CLOCK_OF_WAITING = {"provider": PROVIDER_RESPONSE, "internal": INTERNAL_TASK}


def clock_of(with_whom: str) -> str:
    """The kind of clock that runs while we wait for them."""
    return PROVIDER_RESPONSE if with_whom in ("provider", "acquirer") else INTERNAL_TASK


def is_theirs(sender: str, asked: str) -> bool:
    """Whether an answer is from whoever was asked: the same address, or another one of the same house.

    Houses that give an address to anybody are none: there it has to be the very address.
    """
    sender, asked = sender.casefold().strip(), asked.casefold().strip()
    if not sender or not asked:
        return False
    domain = asked.rpartition("@")[2]
    return sender == asked or (sender.rpartition("@")[2] == domain and domain not in EVERYBODYS)


EVERYBODYS = frozenset({
    "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com", "icloud.com",
    "proton.me", "protonmail.com", "gmx.com", "gmx.net", "aol.com", "mail.com",
})  # fmt: skip


def problem_with(with_whom: str, address: str, asked_ids: Collection[int], asked_role: str) -> str:
    """Why nobody would hear this; "" where somebody does."""
    if with_whom not in WITH:
        return "Choose whom to ask from the list."
    if with_whom in ("provider", "acquirer") and not address:
        return "A provider or an acquirer is asked by mail: give their address."
    if not address and not asked_ids and not asked_role:
        return "Name somebody of us, or give an address: nobody would hear it."
    return ""
