"""Rows by what somebody quotes from them. Each look-up reads an index and stops at a number of rows."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.db.models.functions import Upper

from paydesk.domain.statements.models import RejectedLine
from paydesk.domain.statements.queries import files
from paydesk.kernel.actor import Actor

SHORTEST_PART = 5  # of a rejected row or a file's name


def rejected_lines_seen(actor: Actor) -> QuerySet[RejectedLine]:
    """Rejected rows of the files that the actor may see, newest first, each with its file."""
    found = RejectedLine.objects.select_related("file__source_account").order_by("-id")
    if actor.markets is None:
        return found
    mine = Q(file__source_account__market__in=sorted(actor.markets))
    return found.filter(mine | Q(file__source_account__isnull=True))


def rejected_lines_with(actor: Actor, text: str, *, most: int) -> list[int]:
    """Ids of at most `most` rejected rows that have `text` in them."""
    if len(text) < SHORTEST_PART:
        return []
    found = rejected_lines_seen(actor).annotate(upper_raw=Upper("raw"))
    found = found.filter(upper_raw__contains=text.upper()).order_by()
    return list(found.values_list("pk", flat=True)[:most])


def files_by_name(actor: Actor, text: str, *, most: int) -> list[int]:
    """Ids of at most `most` files that have `text` in their name."""
    if len(text) < SHORTEST_PART:
        return []
    named = files(actor).annotate(upper_name=Upper("filename")).filter(upper_name__contains=text.upper())
    return list(named.order_by().values_list("pk", flat=True)[:most])
