"""What policy wants next with a case: one thing, the first that is missing in the order of the work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from paydesk.domain.cases.states import OPEN


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What the decision looks at.

    `proposed` links wait to be confirmed. `owners` are customers of what it is about. `guarded_facts` says
    that something is known of which only a verified person hears. `open_money` is money of a confirmed
    payment that is not applied, its payer known; `money_needs_proof` that they are not known well enough for
    that yet. `answer_leaves` says that an answer is on its way. `blocks` keep it from being resolved.
    `goes_to_risk` is why it goes there at once, while nobody did that.
    """

    state: str
    waits_for: str = ""
    proposed: int = 0
    knows_customer: bool = False
    owners: int = 0
    party_role: str = "unknown"
    level: str = "unverified"
    guarded_facts: bool = False
    open_money: bool = False
    money_needs_proof: bool = False
    unanswered: bool = False
    by_phone: bool = False
    answer_leaves: bool = False
    is_sorted: bool = False
    unchecked: Sequence[str] = ()
    blocks: Sequence[str] = ()
    goes_to_risk: str = ""


@dataclass(frozen=True, slots=True)
class NextStep:
    """What is next (the name of a deed), and why."""

    name: str
    why: str


def next_step(case: CaseFacts) -> NextStep | None:
    """The one thing that comes next; None where nothing of ours is to do.

    What cannot wait goes to risk first. Then what it is about and whose it is, then who is asking, then the
    money, then the answer; only then what is written down of it, and its end. Nothing is told before it is
    confirmed and they are verified.
    """
    if case.state not in OPEN:
        return None
    third = case.party_role == "third_party"
    waits = case.state == "waiting" and not case.unanswered
    unanswered = case.unanswered and not case.answer_leaves
    steps = (
        (bool(case.goes_to_risk), "escalate", f"{case.goes_to_risk}: this goes to risk at once."),
        (case.proposed > 0, "confirm", "The desk found what it may be about: say whether it is."),
        (
            not case.knows_customer and case.owners > 0 and not third,
            "customer",
            "What it is about belongs to somebody: say whether it is them.",
        ),
        (waits, "", ""),
        (
            unanswered and case.by_phone and not case.knows_customer and case.party_role == "unknown",
            "who",
            "Ask who is calling: they are named, then verified.",
        ),
        (
            unanswered and case.knows_customer and case.guarded_facts and not third
            and case.level == "unverified",
            "verify",
            "Ask, do not tell: what is known here only a verified person hears.",
        ),
        (
            case.open_money and case.money_needs_proof,
            "verify",
            "Their money is here and not applied: verify who asks, then apply it.",
        ),
        (case.open_money, "money", "Their money is here and not applied: do that before you answer."),
        (unanswered, "answer", "They wait for an answer."),
        (not case.is_sorted, "sort", "Say what it was about, why it happened and what became of the money."),
        (bool(case.unchecked), "tick", f"To tick off: {case.unchecked[0] if case.unchecked else ''}."),
        (bool(case.blocks), "wait", case.blocks[0] if case.blocks else ""),
        (True, "resolve", "Everything is done that is asked for."),
    )  # fmt: skip
    name, why = next((name, why) for holds, name, why in steps if holds)
    return NextStep(name, why) if name else None
