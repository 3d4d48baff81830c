"""What happens to the desk, one step after the other; the loader carries each out through a real verb."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from paydesk.demo.callbacks import Called
from paydesk.demo.company import Contract
from paydesk.demo.layouts.layout import Layout
from paydesk.demo.markets import DemoMarket

Then = Literal["post", "preview", "leave", "discard"]


@dataclass(frozen=True, slots=True)
class LoadContracts:
    """Contracts come from the shops' list."""

    at: datetime
    market: DemoMarket
    contracts: Sequence[Contract]
    source: str


@dataclass(frozen=True, slots=True)
class SendFile:
    """The analyst uploads a file and does with it what `then` says: posts it, leaves it with its preview or
    as the desk asks about it, or puts it aside. `account` is None where the file belongs to none of ours;
    `says_whose` where the analyst says it with the upload instead of leaving it to the desk."""

    at: datetime
    path: Path
    filename: str
    account: str | None
    layout: Layout | None
    then: Then = "post"
    reason: str = ""
    says_whose: bool = False


@dataclass(frozen=True, slots=True)
class Activate:
    """Phones are handed over: the deposits came in."""

    at: datetime
    market: DemoMarket
    contracts: Sequence[Contract]
    on: date


@dataclass(frozen=True, slots=True)
class ApplyByHand:
    """The analyst finds out whose payment it is and applies it."""

    at: datetime
    account: str
    provider_ref: str
    contract: Contract


@dataclass(frozen=True, slots=True)
class CallBack:
    """Providers send callbacks; the worker posts them and asks about those that stay silent."""

    at: datetime
    messages: Sequence[Called]


Step = LoadContracts | SendFile | Activate | ApplyByHand | CallBack
