"""The rules that runs use: those that two people adopted last, else those that paydesk comes with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min, QuerySet

from paydesk.domain.reconciliation.models import RuleLearning, RuleProposal, RulesVersion, Run
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor
from paydesk.matching.rules import DEFAULT, Rules, default_rules, read_rules

SHIPPED = "shipped"


@dataclass(frozen=True, slots=True)
class InForce:
    """Rules with the text they are read from; `version` is None for those that paydesk comes with."""

    rules: Rules
    text: str
    version: RulesVersion | None


def rules_in_force() -> InForce:
    """What the next run uses; one query."""
    newest = RulesVersion.objects.filter(state="adopted").order_by("-decided_at", "-id").first()
    if newest is None:
        return InForce(default_rules(), shipped_text(), None)
    return InForce(read_rules(newest.text, f"rules {newest.label}"), newest.text, newest)


def shipped_text() -> str:
    """The rules that paydesk comes with, as they stand."""
    return DEFAULT.read_text(encoding="utf-8")


def shipped_version() -> str:
    """The version of the rules that paydesk comes with."""
    return default_rules().version


def rules_named(label: str) -> InForce | None:
    """The rules of a version that a run used; None where it is an older one that paydesk came with."""
    version = RulesVersion.objects.filter(label=label).first()
    if version is not None:
        return InForce(read_rules(version.text, f"rules {label}"), version.text, version)
    shipped = default_rules()
    return InForce(shipped, shipped_text(), None) if shipped.version == label else None


def rules_versions() -> QuerySet[RulesVersion]:
    """Every version that people asked for, the newest first."""
    return RulesVersion.objects.order_by("-asked_at", "-id")


def proposals(*, states: tuple[str, ...] = ("open", "asked")) -> QuerySet[RuleProposal]:
    """Changes that matches by people speak for, the newest first."""
    return RuleProposal.objects.filter(state__in=states).order_by("-made_at", "-id")


def proposal_for(pk: int) -> RuleProposal:
    """Raises RuleProposal.DoesNotExist."""
    return RuleProposal.objects.get(pk=pk)


def version_for(pk: int) -> RulesVersion:
    """Raises RulesVersion.DoesNotExist."""
    return RulesVersion.objects.get(pk=pk)


def matches_needed() -> int:
    """From how many matches of one shape on a rule is proposed."""
    return RuleLearning.objects.filter(pk=1).values_list("matches_needed", flat=True).first() or 3


@dataclass(frozen=True, slots=True)
class Use:
    """How often a version was run."""

    label: str
    runs: int
    first_at: datetime
    last_at: datetime


def uses_of_rules(actor: Actor) -> list[Use]:
    """Which version runs of the actor's markets used, the last used first; one query."""
    found = (
        in_markets(Run.objects.filter(state="done").exclude(rules_version=""), actor)
        .values_list("rules_version")
        .annotate(runs=Count("id"), first=Min("started_at"), last=Max("started_at"), newest=Max("id"))
        .order_by("-newest")
    )
    return [Use(*row[:4]) for row in found]
