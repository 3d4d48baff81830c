"""Messages that are about something else become a case of their own; it can be taken back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from paydesk.domain.cases import clocks, rules
from paydesk.domain.cases.absorbing import absorb
from paydesk.domain.cases.at_work import FIELDS
from paydesk.domain.cases.child_clocks import start_child_clocks
from paydesk.domain.cases.kept_text import redacted
from paydesk.domain.cases.models import Case, CaseLink, Message, SplitOff
from paydesk.domain.cases.moved_on import why_not_taken_back
from paydesk.domain.cases.queries import code
from paydesk.domain.cases.said_in import own_in, waiting_in
from paydesk.domain.cases.states import OPEN
from paydesk.domain.cases.steps import CaseChangedRefused, CaseRefused, keep, locked, record
from paydesk.domain.cases.weighing import weigh
from paydesk.foundation.outbox.steps import put
from paydesk.foundation.people.restricted import cover_along
from paydesk.kernel.actor import Actor

INHERITED = (
    "market", "severity", "harms", "is_complaint", "customer_id", "party_role", "contact", "contact_name",
    "language", "mailbox_id", "tags", "level", "level_how", "level_channel", "asks_on", "first_answered_at",
    "field_values",
)  # fmt: skip


@transaction.atomic(durable=True)
def split(
    case_id: int,
    *,
    messages: Mapping[int, str],
    links: Mapping[int, str],
    subject: str,
    starts_at: datetime | None = None,
    reason: str = "",
    sent_key: str,
    version: int,
    by: Actor,
    now: datetime,
) -> Case:
    """Make a new case of the same person out of messages of theirs, or notes; nothing said is moved.

    `messages` and `links` are ids with rules.ALONG or rules.BOTH. The clocks of the child start as those of
    its parent, or at `starts_at` for a `reason`; a deadline from outside is due by that only once a second
    person says so. It waits for an answer as far as what went into it does. The same `sent_key` splits once.
    What is filled in of the company's own fields it has as well.
    Raises CaseRefused, CaseChangedRefused, ClockRefused.
    """
    parent = locked(case_id, by)
    if known := Case.objects.filter(parent=parent, split_off__key=sent_key).first():
        return known
    _check(parent, version, starts_at, now)
    chosen, going = _chosen(parent, messages), _links(parent, links)
    child = _opened(parent, chosen, subject, starts_at, by, now)
    gone = _go_along(child, going, links, by, now)
    child.split_off = {"key": sent_key, "at": now.isoformat(), "links": gone}
    _stand_in(parent, child, chosen, messages)
    child.save(update_fields=["split_off", "unanswered_since", *weigh(child, now)])
    start_child_clocks(parent, child, starts_at, reason, by=by, now=now)
    keep(parent, "unanswered_since", *weigh(parent, now))
    about = [[each.kind, each.object_id] for each in going]
    record("case.split", parent, by, now, case_id=child.pk, messages=sorted(messages), links=about)
    told: dict[str, object] = {"starts_at": starts_at.isoformat()} if starts_at else {}
    if child.field_values:
        told["fields"] = sorted(child.field_values)
    why = reason.strip() if starts_at else ""
    record("case.split_off", child, by, now, note=why, case_id=parent.pk, **told)
    put("case.opened", {"case_id": child.pk})
    return child


@transaction.atomic(durable=True)
def undo_split(case_id: int, *, by: Actor, now: datetime) -> Case:
    """Take a split back: what was split off, and what comes for it, is the parent's again.

    What was noted in the child meanwhile stays there, to be seen. Raises CaseRefused where it moved on.
    """
    of = Case.objects.filter(pk=case_id).values_list("parent_id", flat=True).first()
    if of is None:
        raise CaseRefused("This case was not split off another one.")
    both = {number: locked(number, by) for number in sorted((case_id, of))}
    child, parent = both[case_id], both[of]
    if child.split_off is None:
        raise CaseRefused("This case was not split off another one.")
    if parent.state not in OPEN:
        raise CaseRefused(f"{code(parent)} is {parent.state}: open it again first.")
    if why := why_not_taken_back(child):
        raise CaseRefused(why)
    was = child.state
    for link_id, state, decided_by in child.split_off["links"]:
        CaseLink.objects.filter(pk=link_id).update(state=state, decided_by=decided_by)
    SplitOff.objects.filter(case=child, out_of=parent).delete()
    absorb(child, parent, now)
    child.split_off = None
    keep(child, *FIELDS, "merged_into", "split_off")
    keep(parent, *FIELDS, "unanswered_since", "is_complaint", *weigh(parent, now))
    record("case.split_undone", child, by, now, state=[was, child.state], case_id=parent.pk)
    record("case.took_in", parent, by, now, case_id=child.pk)
    return parent


def _check(parent: Case, version: int, starts_at: datetime | None, now: datetime) -> None:
    if parent.version != version:
        raise CaseChangedRefused(
            f"{code(parent)} went on since you looked: read what is new, then split it.",
            version=parent.version,
        )
    if parent.state not in OPEN:
        raise CaseRefused(f"{code(parent)} is {parent.state}: open it again first.")
    if starts_at is not None and not parent.opened_at <= starts_at <= now:
        raise CaseRefused("Its clocks start between the opening of this case and now: choose such a time.")


def _chosen(parent: Case, messages: Mapping[int, str]) -> list[Message]:
    if not messages:
        raise CaseRefused("Choose at least one message for the new case.")
    found = Message.objects.filter(own_in(parent.pk), pk__in=messages, direction__in=("in", "note"))
    chosen = list(found.order_by("at", "id"))
    if len(chosen) != len(messages) or not set(messages.values()) <= set(rules.GOES):
        raise CaseRefused("Only what they said, and notes, are split off: choose from this case again.")
    return chosen


def _links(parent: Case, links: Mapping[int, str]) -> list[CaseLink]:
    going = list(CaseLink.objects.filter(case=parent, pk__in=links).exclude(state="rejected").order_by("pk"))
    if len(going) != len(links) or not set(links.values()) <= set(rules.GOES):
        raise CaseRefused("What this case is about has changed: look at it again, then split it.")
    return going


def _opened(
    parent: Case, chosen: list[Message], subject: str, starts_at: datetime | None, by: Actor, now: datetime
) -> Case:
    """The child, as new as a case of the same person is; restricted to the same people."""
    # Nobody hears an answer in a chat that goes on in its parent.
    in_chat = parent.channel == "chat" and "@" not in parent.contact
    child = Case.objects.create(
        **{name: getattr(parent, name) for name in INHERITED},
        channel="by_hand" if in_chat else parent.channel,
        subject=rules.subject_line(chosen[0].text, redacted(subject)),
        opened_at=starts_at or parent.opened_at,
        opened_by=by.label,
        last_message_at=chosen[-1].at,
        parent=parent,
    )
    cover_along((clocks.SUBJECT, parent.pk), [(clocks.SUBJECT, child.pk)])
    return child


def _stand_in(parent: Case, child: Case, chosen: list[Message], how: Mapping[int, str]) -> None:
    """Have what was chosen stand in the child, and say since when each of the two waits for an answer."""
    waiting = {}
    if parent.unanswered_since is not None:
        waiting = dict(waiting_in(parent.pk).values_list("pk", "at"))
    SplitOff.objects.bulk_create(
        SplitOff(
            message=each, out_of=parent, case=child, goes_along=how[each.pk] == rules.ALONG,
            is_answered=each.pk not in waiting,
        )
        for each in chosen
    )  # fmt: skip
    child.unanswered_since = min((waiting[number] for number in how if number in waiting), default=None)
    left = [at for number, at in waiting.items() if how.get(number) != rules.ALONG]
    if len(left) < len(waiting):
        parent.unanswered_since = min(left, default=None)


def _go_along(
    child: Case, going: list[CaseLink], how: Mapping[int, str], by: Actor, now: datetime
) -> list[list[object]]:
    """Link the child as its parent is; returns [id, state, by whom] of what the parent no longer is about."""
    CaseLink.objects.bulk_create(
        CaseLink(
            case=child, kind=each.kind, object_id=each.object_id, state=each.state, found_as=each.found_as,
            found_text=each.found_text, decided_by=each.decided_by, at=now,
        )
        for each in going
    )  # fmt: skip
    gone = [each for each in going if how[each.pk] == rules.ALONG]
    CaseLink.objects.filter(pk__in=[each.pk for each in gone]).update(state="rejected", decided_by=by.label)
    return [[each.pk, each.state, each.decided_by] for each in gone]
