"""Escalations and enforcement as lists and pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404

from paydesk.domain.risk.queries import enforcement_for, escalation_for
from paydesk.domain.risk.rules import (
    APPEALS,
    DECISIONS,
    KINDS,
    MEASURES,
    PARTY_KINDS,
    REASONS,
    SCOPES,
    SEVERITIES,
)
from paydesk.domain.risk.states import ENFORCEMENT, ESCALATION
from paydesk.foundation.people.restricted import refuse_if_restricted
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.kernel.phone_numbers import shown as shown_phone
from paydesk.web.addresses import code_in, number_in, page_of

if TYPE_CHECKING:
    from paydesk.domain.risk.models import Enforcement, Escalation

SEE = "risk.escalate:view"
SEVERE = {"urgent": "failed", "high": "held"}


@dataclass(frozen=True, slots=True)
class ShownEscalation:
    """One escalation with its words."""

    row: Escalation

    @property
    def code(self) -> str:
        return code_in("escalation", self.row.pk)

    @property
    def head(self) -> str:
        return f"{KINDS[self.row.kind]}: {self.about}"

    @property
    def about(self) -> str:
        return code_in(self.row.subject_kind, self.row.subject_id)

    @property
    def about_url(self) -> str:
        return page_of(self.row.subject_kind, self.row.subject_id)

    @property
    def severity(self) -> str:
        return SEVERITIES[self.row.severity].lower()

    @property
    def severity_family(self) -> str:
        return SEVERE.get(self.row.severity, "idle")

    @property
    def family(self) -> str:
        return ESCALATION.family(self.row.state)

    @property
    def word(self) -> str:
        return self.row.state

    @property
    def decision(self) -> str:
        return DECISIONS.get(self.row.decision, "")


@dataclass(frozen=True, slots=True)
class ShownEnforcement:
    """One hold, block or limit with its words."""

    row: Enforcement

    @property
    def code(self) -> str:
        return code_in("enforcement", self.row.pk)

    @property
    def measure(self) -> str:
        return MEASURES[self.row.kind].split(":")[0]

    @property
    def head(self) -> str:
        return f"{self.measure}: {self.party}"

    @property
    def party(self) -> str:
        if self.row.party_kind == "payer_phone":
            digits = self.row.party_key
            return f"phone ending {digits[-4:]}" if digits else "a phone"
        if self.row.party_kind in ("customer", "contract") and self.row.party_id is not None:
            return code_in(self.row.party_kind, self.row.party_id)
        return f"{PARTY_KINDS[self.row.party_kind]} {self.row.party_id}"

    @property
    def phone(self) -> str:
        return shown_phone(self.row.party_key) if self.row.party_key else ""

    @property
    def party_kind(self) -> str:
        return PARTY_KINDS[self.row.party_kind]

    @property
    def party_url(self) -> str:
        known = self.row.party_kind in ("customer", "contract") and self.row.party_id is not None
        return page_of(self.row.party_kind, self.row.party_id or 0) if known else ""

    @property
    def scope(self) -> str:
        return SCOPES[self.row.scope]

    @property
    def reason(self) -> str:
        return REASONS[self.row.reason]

    @property
    def limit(self) -> Money | None:
        return Money(self.row.limit_minor, self.row.currency) if self.row.limit_minor is not None else None

    @property
    def family(self) -> str:
        return ENFORCEMENT.family(self.row.state)

    @property
    def word(self) -> str:
        return "in force" if self.row.state == "active" else self.row.state

    @property
    def waits(self) -> str:
        """What somebody has to decide about it; "" where nothing waits."""
        if self.row.state == "asked":
            return "asked for: risk decides"
        if self.row.appeal == "open":
            return "appealed: somebody else decides"
        if self.row.state == "active" and self.row.lift_asked_at is not None:
            return "to be lifted: a second person decides"
        return ""

    @property
    def appeal(self) -> str:
        return APPEALS.get(self.row.appeal, "")


def thing_or_404(actor: Actor, code: str) -> ShownEscalation | ShownEnforcement:
    """What a code ESC-… or ENF-… stands for; raises RestrictedRefused where others are named for it."""
    number = number_in("escalation", code)
    try:
        if number is not None and number < 2**63:
            refuse_if_restricted(actor, "escalation", number)
            return ShownEscalation(escalation_for(actor, number))
        number = number_in("enforcement", code)
        if number is not None and number < 2**63:
            return ShownEnforcement(enforcement_for(actor, number))
    except ObjectDoesNotExist:
        pass
    raise Http404("There is nothing with this code in your markets.")
