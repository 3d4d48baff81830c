"""Restricted views: things that named people alone see. The one place that decides it.

Every list that a person sees goes through `queries.in_markets`, and the audit trail through its own
`trail`; both ask `readable` here. A model of things says what it is (`restricted_as = "case"`); rows about
things by link (clocks, assignments, notes, approvals, records of the trail) are known by `subject_kind` and
`subject_id`. A verb asks `refuse_if_restricted`. The desk itself goes on: mail still arrives, clocks run.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import TypeVar

from django.db.models import CharField, Exists, ExpressionWrapper, F, Func, Model, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat

from paydesk.foundation.audit import steps as audit
from paydesk.foundation.people.models import Person
from paydesk.foundation.people.restricted_models import RestrictedThing, RestrictedView, RestrictedViewer
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import NotAllowedRefused

M = TypeVar("M", bound=Model)
Thing = tuple[str, int]
LOOKED_FOR = timedelta(minutes=15)  # looking again within it is the same look in the trail


class RestrictedRefused(NotAllowedRefused):
    """Named people alone see this."""

    code = "restricted"

    def __init__(self) -> None:
        super().__init__(
            "Restricted. Only the people named for it see it; risk and compliance know who they are."
        )


def _hidden_from(actor: Actor) -> QuerySet[RestrictedThing]:
    named = RestrictedViewer.objects.filter(view=OuterRef("view"), person_id=actor.id)
    return RestrictedThing.objects.filter(~Exists(named))


def readable(found: QuerySet[M], actor: Actor) -> QuerySet[M]:
    """`found` less what is restricted and for which `actor` is not named. No query of its own."""
    if actor.kind != "person" or actor.hidden == frozenset():
        return found
    kind = getattr(found.model, "restricted_as", "")
    if kind and actor.hidden is not None and kind not in actor.hidden:
        return found
    hidden = _hidden_from(actor)
    if kind:
        return found.filter(~Exists(hidden.filter(subject_kind=kind, subject_id=OuterRef("pk"))))
    fields = {field.name: field for field in found.model._meta.concrete_fields}
    if not {"subject_kind", "subject_id"} <= set(fields) or found.model is RestrictedThing:
        return found
    about = hidden.filter(subject_kind=OuterRef("subject_kind"))
    if isinstance(fields["subject_id"], CharField):
        about = about.annotate(number=Cast("subject_id", CharField())).filter(number=OuterRef("subject_id"))
    else:
        about = about.filter(subject_id=OuterRef("subject_id"))
    found = found.filter(~Exists(about))
    return found.filter(~Exists(_named_in_changes(hidden))) if "changes" in fields else found


def _named_in_changes(hidden: QuerySet[RestrictedThing]) -> QuerySet[RestrictedThing]:
    """For records of the trail about something else, {"case_id": 12}: those that name what is hidden."""
    key = Concat(F("subject_kind"), Value("_id"))
    named = Func(OuterRef("changes"), key, template="(%(expressions)s)", arg_joiner=" ->> ")
    told = hidden.annotate(number=Cast("subject_id", CharField()))
    return told.filter(number=ExpressionWrapper(named, output_field=CharField()))


def is_covered(kind: str) -> Exists:
    """For a list of things of `kind`: whether each is restricted now."""
    return Exists(RestrictedThing.objects.filter(subject_kind=kind, subject_id=OuterRef("pk")))


def may_read(actor: Actor, kind: str, number: int) -> bool:
    """Whether `actor` may know of ("case", 12) as far as restricted views go; one query."""
    if actor.kind != "person":
        return True
    return not _hidden_from(actor).filter(subject_kind=kind, subject_id=number).exists()


def hidden_beside(kind: str, number: int) -> QuerySet[RestrictedThing]:
    """What named people alone see now, but for what is covered along with ("case", 12)."""
    own = RestrictedThing.objects.filter(subject_kind=kind, subject_id=number)
    # Not by the relation: of several rows, `exclude` would take the kind of one and the number of another.
    return RestrictedThing.objects.exclude(view__in=own.values("view"))


def refuse_if_restricted(actor: Actor, kind: str, number: int) -> None:
    """Raises RestrictedRefused where named people alone see ("case", 12) and `actor` is none of them."""
    if not may_read(actor, kind, number):
        raise RestrictedRefused


def view_of(kind: str, number: int) -> RestrictedView | None:
    """The restricted view that covers ("case", 12) now; None where everybody of its market sees it."""
    return RestrictedView.objects.filter(things__subject_kind=kind, things__subject_id=number).first()


def named_people(view: RestrictedView) -> list[Person]:
    """Who sees it, by name."""
    return list(
        Person.objects.filter(pk__in=RestrictedViewer.objects.filter(view=view).values("person_id")).order_by(
            "name", "id"
        )
    )


def begin(
    thing: Thing, *, market: str, along: Iterable[Thing] = (), named: Collection[int], by: Actor, at: datetime
) -> RestrictedView:
    """Restrict a thing, and what belongs to it, to the people named. Joins the caller's transaction.

    A thing that is restricted already keeps its view; whoever is named now is added.
    """
    kind, number = thing
    view = view_of(kind, number) or RestrictedView.objects.create(
        subject_kind=kind, subject_id=number, market=market, begun_by=by.label, begun_at=at
    )
    cover(view, [thing, *along])
    name_people(view, named, by=by, at=at)
    return view


def cover(view: RestrictedView, things: Iterable[Thing]) -> None:
    """Restrict further things along with a view."""
    RestrictedThing.objects.bulk_create(
        [RestrictedThing(view=view, subject_kind=kind, subject_id=number) for kind, number in things],
        ignore_conflicts=True,
    )


def cover_along(about: Thing, things: Iterable[Thing]) -> None:
    """What is made in a restricted thing is restricted like it; nothing where it is not restricted."""
    if (view := view_of(*about)) is not None:
        cover(view, things)


def name_people(view: RestrictedView, named: Collection[int], *, by: Actor, at: datetime) -> None:
    """Let these people see it as well."""
    RestrictedViewer.objects.bulk_create(
        [
            RestrictedViewer(view=view, person_id=each, named_by=by.label, named_at=at)
            for each in sorted(named)
        ],
        ignore_conflicts=True,
    )


def unname(view: RestrictedView, person_id: int) -> None:
    """This person does not see it any more."""
    RestrictedViewer.objects.filter(view=view, person_id=person_id).delete()


def end(view: RestrictedView, *, by: Actor, at: datetime) -> None:
    """Everybody of its market sees it again; who was named stays written down."""
    view.ended_by, view.ended_at = by.label, at
    view.save(update_fields=["ended_by", "ended_at"])
    RestrictedThing.objects.filter(view=view).delete()


def looked_at(actor: Actor, kind: str, number: int, at: datetime) -> None:
    """Write into the trail that a named person opened a restricted thing, once a quarter of an hour."""
    view = view_of(kind, number) if actor.kind == "person" else None
    if view is None:
        return
    seen = RestrictedViewer.objects.filter(view=view, person_id=actor.id).exclude(
        opened_at__gt=at - LOOKED_FOR
    )
    if seen.update(opened_at=at):
        audit.record(f"{kind}.restricted_opened", subject=(kind, number), by=actor, at=at,
                     market=view.market, changes={"view_id": view.pk})  # fmt: skip
