"""Exceptions, matches and days as lists and pages show them. Words and colours come from the domain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404
from django.urls import reverse

from paydesk.domain.reconciliation import rules
from paydesk.domain.reconciliation.queries import accounts_to_prove, code, exception_for
from paydesk.domain.reconciliation.states import EXCEPTION, RESOLUTIONS, WAITS
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.web.addresses import code_in, number_in, page_of

if TYPE_CHECKING:
    from paydesk.domain.providers.models import SourceAccount
    from paydesk.domain.reconciliation.models import ReconciliationException

SEE, RUN, CONFIRM, OUTSIDE = (
    "matching.run:view", "matching.run", "matching.confirm", "matching.outside_tolerance",
)  # fmt: skip
SEVERITY_FAMILIES = {"low": "idle", "medium": "moving", "high": "held", "critical": "failed"}
DAY_WORDS = {
    "none": ("idle", "nothing came"),
    "due": ("moving", "to run"),
    "running": ("moving", "running"),
    "blocked": ("failed", "did not run"),
    "open": ("failed", "open"),
    "explained": ("held", "explained"),
    "proven": ("settled", "proven"),
    "asked": ("held", "to sign"),
    "signed": ("settled", "signed"),
}
# What is compared of the two rows, in the order in which people look.
FIELDS = (
    ("provider_ref", "Id of the provider"),
    ("amount", "Amount"),
    ("fee", "Fee kept back"),
    ("currency", "Currency"),
    ("status", "Status"),
    ("reference", "Reference"),
    ("msisdn", "Phone"),
    ("name", "Name"),
    ("at", "Time (UTC)"),
    ("day", "Day of the provider"),
    ("batch", "Batch"),
    ("kind", "Kind"),
    ("place", "Where it stands"),
)


@dataclass(frozen=True, slots=True)
class ShownException:
    """One exception; its account and payment are loaded."""

    found: ReconciliationException
    code: str
    amount: Money

    @property
    def url(self) -> str:
        return page_of("exception", self.found.pk)

    @property
    def words(self) -> str:
        return rules.CLASSES[self.found.kind]

    @property
    def next_step(self) -> str:
        return rules.NEXT_STEPS[self.found.kind]

    @property
    def family(self) -> str:
        return EXCEPTION.family(self.found.state)

    @property
    def word(self) -> str:
        """The state, and how it was solved or what it waits for."""
        if self.found.state == "resolved":
            return RESOLUTIONS[self.found.resolution].lower()
        if self.found.state == "pending":
            return f"{WAITS[self.found.waits_for].lower()}, until {self.found.waits_until:%-d %b}"
        return "open"

    @property
    def severity_family(self) -> str:
        return SEVERITY_FAMILIES[self.found.severity]

    @property
    def payment_code(self) -> str:
        return code_in("payment", self.found.payment_id) if self.found.payment_id else ""

    @property
    def reference(self) -> str:
        """The provider's id, or what the payer typed."""
        side = self.found.left or self.found.right
        return str(side.get("provider_ref") or side.get("reference") or "")

    @property
    def day_url(self) -> str:
        return day_url(self.found.source_account_id, self.found.day)


def shown(found: ReconciliationException) -> ShownException:
    return ShownException(found, code(found), Money(found.amount_minor, found.currency))


@dataclass(frozen=True, slots=True)
class Compared:
    """One field of two rows, side by side."""

    name: str
    words: str
    left: Any
    right: Any

    @property
    def differs(self) -> bool:
        """Whether both say something, and not the same."""
        told = self.left and self.right and self.name not in ("place", "kind")
        return bool(told) and self.left != self.right


def compared(left: Mapping[str, Any], right: Mapping[str, Any], currency: str) -> list[Compared]:
    """The fields of both rows that at least one of them has."""
    sides = [_told(side, currency) for side in (left, right)]
    return [
        Compared(name, words, sides[0].get(name), sides[1].get(name))
        for name, words in FIELDS
        if sides[0].get(name) or sides[1].get(name)
    ]


def _told(side: Mapping[str, Any], currency: str) -> dict[str, Any]:
    told = dict(side)
    if side.get("amount_minor") is not None:
        told["amount"] = Money(side["amount_minor"], currency)
    if side.get("fee_minor"):
        told["fee"] = Money(side["fee_minor"], currency)
    if side.get("at"):
        told["at"] = f"{datetime.fromtimestamp(side['at'], UTC):%-d %b %Y %H:%M:%S}"
    kind, _, number = str(told.get("place", "")).partition(":")
    if kind == "payment" and number.isdigit():
        told["place"] = code_in("payment", int(number))
    elif kind == "line":
        told["place"] = f"line {number} of the ledger"
    return told


def exception_or_404(actor: Actor, text: str) -> ReconciliationException:
    number = number_in("exception", text)
    try:
        return exception_for(actor, -1 if number is None or number >= 2**63 else number)
    except ObjectDoesNotExist:
        raise Http404("There is no such exception in your markets.") from None


def account_and_day(actor: Actor, account_id: int, text: str) -> tuple[SourceAccount, date]:
    """The account and the day of an address."""
    try:
        return accounts_to_prove(actor).get(pk=account_id), date.fromisoformat(text)
    except (ObjectDoesNotExist, ValueError, OverflowError):
        raise Http404("There is no such day of an account in your markets.") from None


def day_url(account_id: int, day: date) -> str:
    return reverse("reconciliation:day", args=[account_id, day.isoformat()])
