"""What a case still lacks before it is resolved: looked up here, decided in `rules`; part of verbs."""

from __future__ import annotations

from datetime import datetime

from paydesk.domain.cases import categories, rules
from paydesk.domain.cases.asks import blocks_of
from paydesk.domain.cases.documents import missing_before
from paydesk.domain.cases.models import Case
from paydesk.domain.cases.own_fields import missing_fields
from paydesk.domain.cases.queries import group_now, knows_who, link_pairs, own_fields, tree_of, unchecked
from paydesk.domain.cases.side_queries import open_of


def missing_of(case: Case, now: datetime) -> list[rules.Missing]:
    """Everything that stands in the way of resolving, in the order a person would do it."""
    about = link_pairs(case.pk)
    return rules.missing_before_resolve(
        category=case.category,
        root_cause=case.root_cause,
        money_outcome=case.money_outcome,
        unchecked=unchecked(case),
        unanswered=case.unanswered_since is not None,
        blocks=[*open_of(case.pk), *blocks_of(about)],
        required=_required(case, bool(about)),
        fields=missing_fields(own_fields(), case.category, group_now(case.category), case.field_values),
        documents=list(missing_before("resolve", case, now.date()).values()),
    )


def _required(case: Case, is_linked: bool) -> dict[str, bool]:
    """What the case's category asks for, and whether it is there."""
    there = {
        "customer": knows_who(case),
        "amount": case.amount_minor is not None,
        "link": is_linked,
        "identity": case.level != "unverified",
    }
    wanted = categories.required_by(tree_of(case.category_version), case.category)
    return {name: there[name] for name in wanted}
