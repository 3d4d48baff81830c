"""The one primary button of a case: what policy wants next, as something to press."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from paydesk.domain.cases.asks import Fact
from paydesk.domain.cases.next_steps import CaseFacts, next_step
from paydesk.domain.cases.queries import code
from paydesk.domain.cases.rules import Level
from paydesk.kernel.actor import Actor
from paydesk.web.access import gate
from paydesk.web.cases.links import ShownLink
from paydesk.web.cases.shown import WORK
from paydesk.web.language import spoken

if TYPE_CHECKING:
    from paydesk.domain.cases.models import Case


@dataclass(frozen=True, slots=True)
class NextButton:
    """A button: it opens `url` in the dialog, sends `fields` to `sends_to`, or goes to the field `focus`."""

    name: str
    label: str
    why: str
    key: str = ""
    url: str = ""
    sends_to: str = ""
    fields: Sequence[tuple[str, str]] = ()
    focus: str = ""
    blocked: str = ""


def next_button(
    case: Case,
    actor: Actor,
    *,
    links: Sequence[ShownLink],
    owners: Sequence[tuple[str, str]],
    facts: Sequence[tuple[Fact, str]],
    unchecked: Sequence[str],
    blocks: Sequence[str],
    level: str,
    knows: bool,
    answer_leaves: bool = False,
    flags: Sequence[str] = (),
) -> NextButton | None:
    """What comes next with this case; None where nothing of ours is to do. No query.

    `knows`: it is said who they are. `answer_leaves`: an answer is on its way to them.
    `flags` say why it goes to risk at once, as long as nobody has taken that up.
    """
    proposed = [link for link in links if link.is_proposed]
    payable = (link.acts[0] for link in links if link.has_open_money and not link.is_proposed and link.acts)
    money = next((act for act in payable if not act.blocked), None)
    step = next_step(
        CaseFacts(
            case.state, case.waits_for, len(proposed), knows, len(owners),
            case.party_role, level,
            by_phone=case.channel == "phone",
            guarded_facts=any(fact.level > Level.UNVERIFIED for fact, _ in facts),
            open_money=money is not None,
            money_needs_proof=money is not None and bool(money.needs),
            unanswered=case.unanswered_since is not None,
            answer_leaves=answer_leaves,
            is_sorted=bool(case.category and case.root_cause and case.money_outcome),
            unchecked=unchecked,
            blocks=blocks,
            goes_to_risk=flags[0] if flags and actor.may("risk.escalate") else "",
        )
    )  # fmt: skip
    if step is None:
        return None
    blocked, here, name = gate(actor, WORK).reason, code(case), step.name

    def deed(label: str, key: str) -> NextButton:
        return NextButton(
            name, label, step.why, key, url=reverse("cases:act", args=[here, name]), blocked=blocked
        )

    if name == "escalate":
        why = _("%s: this goes to risk at once.") % spoken(flags[0])
        return NextButton(name, "Escalate…", why, url=reverse("risk:escalate", args=[here]))
    if name == "confirm":
        first = proposed[0]
        label = _("It is %(what)s %(code)s") % {"what": spoken(first.words).lower(), "code": first.code}
        return NextButton(
            name, label, step.why, "1", blocked=blocked,
            sends_to=reverse("cases:decide_link", args=[here, first.link.pk, "confirm"]),
        )  # fmt: skip
    if name == "customer" and len(owners) == 1:
        return NextButton(
            name, "It is them", step.why, blocked=blocked,
            sends_to=reverse("cases:whose", args=[here]), fields=[("customer", owners[0][0])],
        )  # fmt: skip
    if name == "who":
        return NextButton(
            name, "Who is it…", step.why, "u", url=reverse("cases:who", args=[here]), blocked=blocked
        )
    if name == "customer":
        return NextButton(
            "sort", "Sort…", step.why, "s", url=reverse("cases:act", args=[here, "sort"]), blocked=blocked
        )
    if name == "money" and money is not None:
        return NextButton(name, money.label, step.why, "y", url=money.url, blocked=blocked)
    if name == "answer":
        by_hand = case.channel in ("phone", "by_hand") and "@" not in case.contact
        if by_hand:
            return NextButton(
                "call", "Log a call…", step.why, "c", url=reverse("cases:act", args=[here, "call"]),
                blocked=blocked,
            )  # fmt: skip
        return NextButton(name, "Answer", step.why, "r", focus="say-text", blocked=blocked)
    if name == "tick":
        why = _("To tick off: %s.") % spoken(unchecked[0])
        return NextButton(name, "Tick off", why, focus="first-check", blocked=blocked)
    return deed({"verify": "Verify…", "sort": "Sort…", "wait": "Wait…", "resolve": "Resolve…"}[name],
                {"verify": "v", "sort": "s", "wait": "h", "resolve": "e"}[name])  # fmt: skip
