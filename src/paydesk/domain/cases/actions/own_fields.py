"""Fields of a company's own: set up by an administrator, filled in on a case."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from paydesk.domain.cases.asks import is_our_number
from paydesk.domain.cases.categories import leaves
from paydesk.domain.cases.models import Case, CaseField
from paydesk.domain.cases.own_fields import (
    MOST_FIELDS,
    NAMES_SOMEBODY,
    OwnField,
    fields_of,
    in_words,
    key_for,
    problem_with_field,
    typed,
    value_of,
)
from paydesk.domain.cases.queries import current_tree, group_now, own_fields
from paydesk.domain.cases.rules import changed
from paydesk.domain.cases.steps import CaseRefused, keep, locked, record, say
from paydesk.foundation.audit import steps as audit
from paydesk.foundation.people.queries import market_by_code
from paydesk.kernel.actor import Actor
from paydesk.kernel.card_redaction import redact_text
from paydesk.kernel.refused import ChangedRefused

SET_UP = "settings.manage"


@transaction.atomic(durable=True)
def save_field(
    key: str,
    *,
    label: str,
    type: str = "",
    help_text: str = "",
    choices: Sequence[str] = (),
    categories: Collection[str] = (),
    is_required: bool = False,
    is_retired: bool = False,
    version: int = 0,
    by: Actor,
    now: datetime,
) -> CaseField:
    """Change the field `key`, or make one where it is ""; the key comes of its name, and its type stays.

    An answer that is taken off a choice stays with the cases that have it. `version` is what the person saw;
    the same again changes nothing. Raises CaseRefused, ChangedRefused.
    """
    by.needs(SET_UP)
    known = {each.key: each for each in CaseField.objects.select_for_update().order_by("pk")}
    if key and key not in known:
        raise CaseRefused("There is no such field.")
    field = known[key] if key else CaseField(key=key_for(label, known), type=type, version=0)
    if key and field.version != version:
        raise ChangedRefused("Somebody changed this field meanwhile. Look again, then change it.")
    tree = current_tree()[1]
    wanted = {
        "label": " ".join(label.split()), "help_text": " ".join(help_text.split()),
        "choices": list(dict.fromkeys(line for each in choices if (line := " ".join(each.split())))),
        "categories": sorted(set(categories)), "is_required": is_required, "is_retired": is_retired,
    }  # fmt: skip
    problem = problem_with_field(
        label=wanted["label"], type=field.type, help_text=wanted["help_text"], choices=wanted["choices"],
        categories=categories, known={*tree, *leaves(tree, retired=True)},
    )  # fmt: skip
    if problem:
        raise CaseRefused(problem)
    if (
        not is_retired
        and sum(not each.is_retired for each in known.values() if each.key != key) >= MOST_FIELDS
    ):
        raise CaseRefused(f"There are {MOST_FIELDS} fields already: retire one that nobody fills in.")
    was = {name: getattr(field, name) for name in wanted}
    changes = changed(was, wanted) if key else {"type": ["", field.type], **changed(was, wanted)}
    if not changes:
        return field
    for name, value in wanted.items():
        setattr(field, name, value)
    field.version, field.changed_by, field.changed_at = field.version + 1, by.label, now
    try:
        with transaction.atomic():
            field.save()
    except IntegrityError:
        raise CaseRefused("Another field has this name already.", field="label") from None
    audit.record(
        "case_field.saved", subject=("case_field", field.pk), by=by, at=now,
        changes={"key": field.key, "version": field.version, **changes},
    )  # fmt: skip
    return field


@transaction.atomic(durable=True)
def fill_fields(
    case_id: int,
    *,
    values: Mapping[str, str],
    seen: Mapping[str, str] | None = None,
    by: Actor,
    now: datetime,
) -> Case:
    """Fill in fields of a case, by key as typed; "" empties one, and those not named stay as they are.

    A note of the case says what each was and is, in words that redaction and retention reach; the trail,
    which nothing is taken out of, has the values that can name nobody. `seen` is what the person saw of each:
    what somebody else wrote meanwhile is not written over. Card numbers are never kept.
    Raises CaseRefused, ChangedRefused.
    """
    case = locked(case_id, by)
    known = _fields_of(case)
    market = market_by_code(case.market)
    currency = market.currency if market is not None else ""
    told, trail, kept = [], {}, dict(case.field_values)
    for key, text in values.items():
        field = known.get(key)
        if field is None or (field.is_retired and text.strip()):
            raise CaseRefused("A case of this category has no such field any more: look again.")
        was = kept.get(key)
        if seen is not None and key in seen and seen[key] != typed(field, was):
            raise ChangedRefused(
                f"Somebody else changed {field.label} meanwhile, to {in_words(field, was)}. Look again."
            )
        value = _kept(field, text, was, case.market, currency)
        if value == was:
            continue
        if value is None:
            del kept[key]
        else:
            kept[key] = value
        told.append(f"{field.label}: {in_words(field, was)} → {in_words(field, value)}")
        trail[key] = [_for_the_trail(field, was), _for_the_trail(field, value)]
    if not told:
        return case
    case.field_values = kept
    note = say(
        case, direction="note", is_public=False, channel=case.channel, author=by.label,
        text="\n".join(told), at=now,
    )  # fmt: skip
    keep(case, "field_values")
    record("case.fields_filled", case, by, now, message_id=note.pk, **trail)
    return case


def _fields_of(case: Case) -> dict[str, OwnField]:
    shown = fields_of(own_fields(), case.category, group_now(case.category), case.field_values)
    return {each.key: each for each in shown}


def _kept(field: OwnField, text: str, was: Any, market: str, currency: str) -> Any:
    """What is kept for what was typed. Raises CaseRefused."""
    if text == typed(field, was):  # also an answer that was taken off the list since
        return was
    clean = redact_text(text, is_ours=is_our_number).text
    if clean != text and field.type != "text":
        raise CaseRefused(f"{field.label}: this looks like a card number, which is never kept.")
    try:
        return value_of(field, clean, market=market, currency=currency)
    except ValueError as problem:
        raise CaseRefused(str(problem), field=field.key) from None


def _for_the_trail(field: OwnField, value: Any) -> str:
    """ "…" stands for what somebody wrote: it may name a person, and the trail is never erased."""
    return "…" if value is not None and field.type in NAMES_SOMEBODY else typed(field, value)
