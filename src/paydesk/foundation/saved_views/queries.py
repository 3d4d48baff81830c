"""Reads: the views of a list that a person sees."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from paydesk.foundation.saved_views.models import FirstView, SavedView
from paydesk.kernel.actor import Actor


def views_of(by: Actor, place: str) -> list[SavedView]:
    """The person's own views of a list and the shared ones, by name; `is_first` on each. One query."""
    first = FirstView.objects.filter(person_id=by.id, place=place, view_id=OuterRef("pk"))
    views = SavedView.objects.filter(Q(person_id=by.id) | Q(is_shared=True), place=place)
    return list(views.annotate(is_first=Exists(first)).order_by("name", "id"))
