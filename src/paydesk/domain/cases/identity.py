"""How well somebody has to be known before a verb is done for them from a case: one plain table.

The person's side is Case.level; what facts of a reply need stands with each fact (asks.Fact).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from paydesk.domain.cases.rules import LEVELS, Level


@dataclass(frozen=True, slots=True)
class Needs:
    """`level` is what the verb asks of whoever is talking; `tells_debt` where doing it tells what is owed."""

    level: Level
    tells_debt: bool
    what: str  # follows "This"


# Everything that discloses or moves money from a case. A verb that is not here may not be done from one.
VERBS = {
    "payment.apply": Needs(Level.TWO_FACTS, False, "applies a payment to an account"),
    "payment.move": Needs(Level.STRONG, False, "moves money to another customer"),
    "payment.name_payer": Needs(Level.TWO_FACTS, False, "says whose a payment is"),
    "refund.request": Needs(Level.STRONG, False, "gives money back"),
    "refund.change_payee": Needs(Level.STRONG, False, "changes who is paid"),
    "goodwill.give": Needs(Level.STRONG, False, "gives money away"),
    "statement.send": Needs(Level.TWO_FACTS, True, "tells everything that was paid and is owed"),
    "customer.call_by_name": Needs(Level.TWO_FACTS, False, "says whose account it is"),
    "pay_link.with_amount": Needs(Level.TWO_FACTS, True, "tells what is owed"),
    "pay_link.without_amount": Needs(Level.UNVERIFIED, False, "tells how to pay an account"),
    "seller.tell_balance": Needs(Level.TWO_FACTS, False, "tells a seller's balance"),
    "withdrawal.request_again": Needs(Level.STRONG, False, "pays a balance out"),
}
WAYS = {Level.TWO_FACTS: "by two facts", Level.STRONG: "in a strong way"}
PROOFS = {
    Level.TWO_FACTS: "Two facts only they know show it: account number, phone on file, a payment, its code.",
    Level.STRONG: "A call back to the number on file, a code they read back, or their document shows it.",
}
THIRD_PERSON = "A third person never hears of a debt or a payment of somebody else."


def why_not(verb: str, *, level: str, party_role: str) -> str:
    """Why this verb is not done for whoever is talking; "" where it may be. Raises KeyError for others."""
    needed = VERBS[verb]
    if party_role == "third_party" and (needed.tells_debt or needed.level > Level.UNVERIFIED):
        return THIRD_PERSON
    if LEVELS[level] < needed.level:
        return f"Verify who asks {WAYS[needed.level]} first: this {needed.what}. {PROOFS[needed.level]}"
    return ""


OTHERS = "This is of another customer than the case: they hear nothing of it, and nothing is done with it."
NOT_SAID = "This is of a customer, and the case does not say of whom: say first which customer it is."
OF_A_SELLER = "This is of a seller or merchant: only they hear of it. Say first that whoever asks is one."
SEVERAL = "This case is about things of two sellers or merchants: reject the link that is not theirs."
NOBODYS = "Nobody knows yet whose this is: confirm first that the case is about it."


def why_not_theirs(
    owner: tuple[str, int] | None, *, customer_id: int | None, party_role: str, parties: Collection[int]
) -> str:
    """Why a thing is not of whoever a case is with; "" where it is, or where it is known of nobody.

    `owner` is ("customer", id) or ("party", id); `parties` are the sellers and merchants whose things the
    case is confirmed to be about.
    """
    if owner is None:
        return ""
    kind, number = owner
    if kind == "customer":
        return "" if number == customer_id else OTHERS if customer_id is not None else NOT_SAID
    if party_role not in ("merchant", "seller"):
        return OF_A_SELLER
    return SEVERAL if {number, *parties} != {number} else ""


def proven_on(strong_way: str, channel: str) -> str:
    """The channel on which somebody is known now; "" where what they showed holds on each.

    Whoever is called back is known on the phone, and whoever writes from an address is not known by that.
    """
    if strong_way in ("document", "in_person") or channel == "by_hand":
        return ""
    if strong_way == "callback":
        return "phone"
    return _WRITTEN.get(channel, channel)


def level_on(level: str, proven: str, channel: str) -> str:
    """How well somebody is known on a channel, from where they proved it."""
    return level if proven in ("", _WRITTEN.get(channel, channel)) else "unverified"


_WRITTEN = {"web_form": "email"}  # what came by a form is answered by e-mail


def may_be_told(level: str, *, needed: Level, tells_debt: bool, party_role: str) -> str:
    """Why somebody may not be told something that needs `needed`; "" where they may."""
    if party_role == "third_party" and (tells_debt or needed > Level.UNVERIFIED):
        return THIRD_PERSON
    if LEVELS[level] < needed:
        return f"Who is writing is not verified {WAYS[needed]} yet: verify them first."
    return ""
