"""The story of a thing that two people decide on: its trail, the words people left, what comes next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from paydesk.web.addresses import page_of
from paydesk.web.refunds.detail import Event
from paydesk.web.trail.words import verb_words

if TYPE_CHECKING:
    from paydesk.foundation.approvals.models import Approval


def events_of(
    records: Sequence[Any],
    approvals: Sequence[Approval],
    names: Mapping[str, str],
    *,
    families: Mapping[str, str],
    words: Mapping[str, str],
    then: Event | None,
) -> Iterator[Event]:
    """The steps as the trail has them; what comes next stands last.

    `families` and `words`, which the thing itself keeps, are by the verb of the trail; `then` is what comes
    next where nobody has to decide.
    """
    by_id = {approval.pk: approval for approval in approvals}
    steps = []
    for record in records:
        approval = by_id.get(record.changes.get("approval_id") or 0)
        text = words.get(record.verb, record.note)
        if approval is not None:
            text = approval.note if record.verb.endswith("_asked") else approval.decision_note
        url = page_of("approval", approval.pk) if approval else ""
        steps.append(
            Event(
                record.at, families.get(record.verb, "idle"), verb_words(record.verb), text, url,
                names[record.actor],
            )
        )  # fmt: skip
    for approval in approvals:
        if approval.state in ("rejected", "withdrawn", "expired"):
            steps.append(
                Event(
                    approval.decided_at, "idle", verb_words(f"approval.{approval.state}"),
                    approval.decision_note, page_of("approval", approval.pk),
                    names.get(approval.decided_by, ""),
                )
            )  # fmt: skip
    yield from sorted(steps, key=lambda event: event.at)  # type: ignore[arg-type, return-value]
    if any(approval.state == "pending" for approval in approvals):
        yield Event(None, "held", "Next", "A second person reads the answer and decides.", waits=True)
    elif then is not None:
        yield then
