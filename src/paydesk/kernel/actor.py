"""Who does something: a person, the system itself, or a provider's callback."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from paydesk.kernel.refused import NotAllowedRefused

ActorKind = Literal["person", "system", "provider"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, with the rights and markets they had at that moment.

    `rights` are strings of the authority table ("payments.identify" to make, "payments:view" to see); the
    system needs none. `markets` is None for all markets.
    """

    kind: ActorKind
    id: int | None
    name: str
    rights: frozenset[str] = frozenset()
    markets: frozenset[str] | None = None

    @property
    def label(self) -> str:
        """How the audit trail names this actor: "person:12", "system:worker"."""
        return f"{self.kind}:{self.id if self.id is not None else self.name}"

    def may(self, right: str) -> bool:
        return self.kind == "system" or right in self.rights

    def sees(self, market: str) -> bool:
        return self.markets is None or market in self.markets

    def needs(self, right: str, *, market: str | None = None) -> None:
        """Raise NotAllowedRefused unless this actor has `right` and, where given, works in `market`."""
        if not self.may(right):
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
        self.needs(right if self.may(right) else f"{right}:request", market=market)


def system(name: str) -> Actor:
    """The desk itself, under the name of the part that acts ("worker", "demo")."""
    return Actor("system", None, name)
