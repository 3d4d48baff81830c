"""What every page of a file starts from: the file by its code, its history, the way back to it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django_htmx.http import HttpResponseClientRedirect

from paydesk.domain.statements import queries
from paydesk.foundation.audit.queries import history
from paydesk.kernel.public_codes import number_of
from paydesk.web.access import actor_of
from paydesk.web.people_names import names_by_label
from paydesk.web.templatetags.intake import FILE_PREFIX, file_url


def file_of(request: HttpRequest, code: str) -> Any:
    """The file with this public code, 404 when there is none or it is of another market."""
    try:
        return queries.file_for(actor_of(request), number_of(FILE_PREFIX, code) or 0)
    except ObjectDoesNotExist:
        raise Http404(f"There is no file {code}.") from None


VERBS = {
    "file.uploaded": ("Uploaded", "settled"),
    "file.mapped": ("Said how to read it", "settled"),
    "file.read": ("Read", "settled"),
    "file.confirmed": ("Confirmed", "settled"),
    "payments.received": ("Payments received", "settled"),
    "file.posted": ("Posted", "settled"),
    "callbacks.posted": ("Callbacks posted", "settled"),
    "file.unpost_requested": ("Asked to un-post it", "held"),
    "file.unpost_approved": ("Un-posting approved", "returned"),
    "file.unposted": ("Un-posted", "returned"),
    "approval.rejected": ("Not un-posted: a second person said no", "failed"),
    "approval.withdrawn": ("Request taken back", "idle"),
    "approval.expired": ("Nobody decided in time", "idle"),
    "file.refused": ("Refused", "failed"),
    "file.discarded": ("Put aside", "idle"),
}


def trail_of(found: Any) -> dict[str, Any]:
    """Who did what with the file, newest last, and the names of who brought and confirmed it."""
    records = list(history("file", found.pk)[:60])
    names = names_by_label([*(r.actor for r in records), found.uploaded_by, found.confirmed_by])
    events = []
    for record in records:
        title, family = VERBS.get(record.verb, (record.verb, "idle"))
        events.append(
            {
                "at": record.at,
                "title": title,
                "family": family,
                "text": _said(record),
                "by": names[record.actor],
            }
        )
    return {
        "events": events,
        "by": names[found.uploaded_by],
        "confirmed_by": names[found.confirmed_by],
        **{
            f"{name}_url": file_url(found.pk, name)
            for name in ("original", "post", "mapping", "discard", "unpost")
        },
    }


def _said(record: Any) -> str:
    """The figures of a record in a few words."""
    changes = record.changes or {}
    counts = [
        f"{changes[name]:,} {words[changes[name] != 1]}"
        for name, words in (
            ("lines", ("row", "rows")), ("new", ("new", "new")), ("known", ("known", "known")),
            ("payments", ("payment", "payments")), ("rejected", ("rejected", "rejected")),
        )
        if changes.get(name)
    ]  # fmt: skip
    return record.note or " · ".join(counts)


def to_file(request: HttpRequest, found: Any) -> HttpResponseBase:
    """Back to the file after a verb; of a swap the whole page goes there."""
    address = file_url(found.pk)
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)  # type: ignore[attr-defined]
