"""Who does something: a person, the system itself, or a provider's callback."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from paydesk.kernel.refused import NotAllowedRefused, WithheldRefused

ActorKind = Literal["person", "system", "provider"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, with the rights and markets they had at that moment.

    `rights` are strings of the authority table ("payments.identify" to make, "payments:view" to see); the
    system needs none. `markets` is None for all markets. `withheld` are rights that their role has and
    that do not count until an exam is passed: (right, why, exam). `hidden` are the kinds of things of which
    some are restricted to others at that moment, so that lists of other kinds need not look; None where that
    was not asked.
    """

    kind: ActorKind
    id: int | None
    name: str
    rights: frozenset[str] = frozenset()
    markets: frozenset[str] | None = None
    withheld: frozenset[tuple[str, str, int]] = frozenset()
    hidden: frozenset[str] | None = None

    @property
    def label(self) -> str:
        """How the audit trail names this actor: "person:12", "system:worker"."""
        return f"{self.kind}:{self.id if self.id is not None else self.name}"

    def may(self, right: str) -> bool:
        return self.kind == "system" or right in self.rights

    def withheld_for(self, right: str) -> tuple[str, int] | None:
        """(why, exam) where the actor's role has `right` and it does not count yet."""
        return next(((why, exam) for name, why, exam in self.withheld if name == right), None)

    def sees(self, market: str) -> bool:
        return self.markets is None or market in self.markets

    def needs(self, right: str, *, market: str | None = None) -> None:
        """Raise NotAllowedRefused unless this actor has `right` and, where given, works in `market`."""
        if not self.may(right):
            if due := self.withheld_for(right):
                raise WithheldRefused(due[0], exam_id=due[1])
            raise NotAllowedRefused(
                f"{self.name} has no right to do this. A person whose role has it can.",
                right=right,
            )
        if market is not None and not self.sees(market):
            raise NotAllowedRefused(
                f"{self.name} does not work in market {market}. Ask an administrator to add the market.",
                code="market.missing",
                market=market,
            )

    def needs_to_ask(self, right: str, *, market: str | None = None) -> None:
        """Raise NotAllowedRefused unless this actor has `right`, or the right to ask for it, in `market`."""
        asks = not self.may(right) and self.withheld_for(right) is None
        self.needs(f"{right}:request" if asks else right, market=market)


def system(name: str) -> Actor:
    """The desk itself, under the name of the part that acts ("worker", "demo")."""
    return Actor("system", None, name)
