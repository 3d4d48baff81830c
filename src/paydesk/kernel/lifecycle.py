"""A state changes by a named transition in one table, read by buttons, API and database constraint alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from paydesk.kernel.refused import TransitionRefused

# The colour families of the design language; which state has which belongs beside the state.
Family = Literal["settled", "moving", "held", "failed", "returned", "idle"]


@dataclass(frozen=True)
class Lifecycle:
    """The states of one kind of thing and the named ways between them.

    `transitions` maps a name to (states it may start from, state it leads to); `families` gives each state
    its colour family on the screens.
    """

    name: str
    start: str
    transitions: Mapping[str, tuple[set[str], str]]
    families: Mapping[str, Family] = field(default_factory=dict)

    @property
    def states(self) -> list[str]:
        """Every state, the start first, then in the order the table names them."""
        found = [self.start]
        for sources, target in self.transitions.values():
            found += (*sorted(sources), target)
        return list(dict.fromkeys(found))

    def from_state(self, state: str) -> list[str]:
        """Names of the transitions that may happen in `state`, in the order of the table."""
        return [name for name, (sources, _) in self.transitions.items() if state in sources]

    def may(self, transition: str, state: str) -> bool:
        return state in self.transitions[transition][0]

    def after(self, transition: str, state: str) -> str:
        """The state that `transition` leads to from `state`; raises TransitionRefused where it may not."""
        sources, target = self.transitions[transition]
        if state not in sources:
            raise TransitionRefused(
                f"This {self.name} is {words(state)}; it can be {transition.replace('_', ' ')} only "
                f"while it is {_either(sources)}.",
                transition=transition,
                state=state,
            )
        return target

    def is_terminal(self, state: str) -> bool:
        return not self.from_state(state)

    def family(self, state: str) -> Family:
        """The colour family of `state`, idle where none is given."""
        return self.families.get(state, "idle")


def words(state: str) -> str:
    """A state as people read it: "part_applied" is "part applied"."""
    return state.replace("_", " ")


def _either(states: Iterable[str]) -> str:
    return " or ".join(words(state) for state in sorted(states))
