"""Naming a view of a list, sharing it, seeing it first, deleting it."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from paydesk.foundation.audit import steps as audit
from paydesk.foundation.saved_views.models import FirstView, SavedView
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import Refused

SHARE = "views.share"
MOST_VIEWS = 20
LONGEST_NAME, LONGEST_QUERY = 40, 500


class ViewRefused(Refused):
    """This view cannot be kept."""

    code = "view.refused"


@transaction.atomic(durable=True)
def save_view(
    place: str, name: str, query: str, *, is_shared: bool = False, by: Actor, now: datetime
) -> SavedView:
    """Keep filters and order of a list under a name; one's own view of that name takes the new ones.

    Shared views everybody sees; that needs the right. Raises ViewRefused.
    """
    assert by.id is not None, "only people have views"
    if is_shared:
        by.needs(SHARE)
    said = " ".join(name.split())
    if not said or len(said) > LONGEST_NAME:
        raise ViewRefused(f"Give the view a name of at most {LONGEST_NAME} characters.")
    if len(query) > LONGEST_QUERY:
        raise ViewRefused("These are too many filters for a view. Take some out.")
    own = SavedView.objects.filter(person_id=by.id, place=place)
    view = own.select_for_update().filter(name=said).first()
    if view is None and own.count() >= MOST_VIEWS:
        raise ViewRefused(f"You have {MOST_VIEWS} views of this list, the most there may be. Delete one.")
    view = view or SavedView(person_id=by.id, place=place, name=said)
    if view.pk and (view.query, view.is_shared) == (query, is_shared):
        return view
    view.query, view.is_shared, view.made_at = query, is_shared, now
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as problem:
        raise ViewRefused("A view of this name is there already. Give it another name.") from problem
    _record("view.saved", view, by, now)
    return view


@transaction.atomic(durable=True)
def see_first(view_id: int, is_first: bool, *, by: Actor, now: datetime) -> SavedView:
    """Have a list open with this view from now on, or no longer. Raises ViewRefused."""
    view = _seen(view_id, by)
    if is_first:
        FirstView.objects.update_or_create(person_id=by.id, place=view.place, defaults={"view": view})
    else:
        FirstView.objects.filter(person_id=by.id, view=view).delete()
    _record("view.seen_first" if is_first else "view.not_seen_first", view, by, now)
    return view


@transaction.atomic(durable=True)
def delete_view(view_id: int, *, by: Actor, now: datetime) -> str:
    """Delete one's own view, or with the right a shared one; returns its list. Raises ViewRefused."""
    view = _seen(view_id, by)
    if view.person_id != by.id:
        by.needs(SHARE)
    _record("view.deleted", view, by, now)
    view.delete()
    return view.place


def _seen(view_id: int, by: Actor) -> SavedView:
    view = SavedView.objects.select_for_update().filter(pk=view_id).first()
    if view is None or not (view.is_shared or view.person_id == by.id):
        raise ViewRefused("This view is not there any more.")
    return view


def _record(verb: str, view: SavedView, by: Actor, now: datetime) -> None:
    # Its name and filters may hold somebody's name.
    audit.record(
        verb,
        subject=("view", view.pk),
        by=by,
        at=now,
        changes={"place": view.place, "is_shared": view.is_shared},
    )
