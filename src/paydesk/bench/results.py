"""What a benchmark reports: a value, its floor from the same run, their ratio and the goal for it."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

ROUNDS = 3
T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True)
class Bench:
    """One run: `quick` takes small sizes, `only` keeps what begins with it, `say` tells progress.

    `customers` and `payments` are the size of the company where a benchmark has one, `rows` of a side,
    `cases` and `agents` of a desk; 0 leaves it to that. `engine` is the engine of matching, `memory_limit`
    what that may take ("2GB"). `keep` names a company that is filled once and stays, to be measured again.
    `labelled` and `held_out` are files of cases to learn from and to be measured on, `semantic` mixes in what
    they mean.
    """

    quick: bool
    say: Callable[[str], None]
    only: str = ""
    customers: int = 0
    payments: int = 0
    rows: int = 0
    cases: int = 0
    agents: int = 0
    engine: str = "duckdb"
    memory_limit: str = ""
    keep: str = ""
    labelled: str = ""
    held_out: str = ""
    semantic: bool = False

    def wants(self, what: str) -> bool:
        return what.startswith(self.only)


def p95(times: Sequence[float]) -> float:
    """The 95th percentile of two measurements or more."""
    return statistics.quantiles(times, n=20)[-1]


@dataclass(frozen=True)
class Goal:
    """A limit for the ratio of value to floor: at least or at most."""

    sense: Literal[">=", "<="]
    ratio: float

    def holds(self, ratio: float) -> bool:
        return ratio >= self.ratio if self.sense == ">=" else ratio <= self.ratio

    def __str__(self) -> str:
        return f"{self.sense} {self.ratio}"


@dataclass(frozen=True)
class Result:
    """One line of the outcome, as in `--json`; what has no floor or goal has None there."""

    what: str
    value: float
    unit: str
    floor: float | None = None
    ratio: float | None = None
    goal: str | None = None
    holds: bool | None = None

    @classmethod
    def against(cls, what: str, value: float, unit: str, floor: float, goal: Goal | None = None) -> Result:
        ratio = value / floor
        return cls(
            what,
            round(value, 3),
            unit,
            round(floor, 3),
            round(ratio, 3),
            str(goal) if goal else None,
            goal.holds(ratio) if goal else None,
        )

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def line(self) -> str:
        """The result for people."""
        text = f"{self.what}: {self.value:,.4g} {self.unit}"
        if self.floor is not None:
            text += f", floor {self.floor:,.4g}, ratio {self.ratio:.2f}"
        if self.goal is not None:
            text += f", goal {self.goal} {'holds' if self.holds else 'MISSED'}"
        return text


def in_turn(one: Callable[[], T], other: Callable[[], U]) -> tuple[list[T], list[U]]:
    """Run the two one after the other, three times, so that both meet the same noise; all their outcomes."""
    ones, others = [], []
    for _ in range(ROUNDS):
        ones.append(one())
        others.append(other())
    return ones, others


def median(values: list[float]) -> float:
    return statistics.median(values)


def machine(server_version: str) -> str:
    """Processor, cores, memory, system, Python and the database server, where there is one, in one line."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    server = f", PostgreSQL {server_version}" if server_version else ""
    return (
        f"{model}, {os.cpu_count()} cores, {memory_gb:.0f} GB, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}{server}"
    )
