"""The list of files, and taking new ones in."""

from __future__ import annotations

from typing import Any, BinaryIO, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from paydesk.domain.statements import queries
from paydesk.domain.statements.actions import upload_file
from paydesk.domain.statements.states import WORKING
from paydesk.importers import understood
from paydesk.kernel.actor import Actor
from paydesk.kernel.public_codes import code_of
from paydesk.kernel.refused import Refused
from paydesk.web.access import actor_of, needs
from paydesk.web.answers import unchanged
from paydesk.web.intake.filters import FileFilters
from paydesk.web.paging import PAGE_SIZE, Page, page_number
from paydesk.web.people_names import names_by_label
from paydesk.web.templatetags.intake import FILE_PREFIX
from paydesk.web.workbook import list_download

MOST_EXPORTED = 20_000


@needs("files.import:view")
def files(request: HttpRequest) -> HttpResponse:
    """The list, newest first; asked with `?v=` it answers 204 while nothing in it changed."""
    actor = actor_of(request)
    filters = FileFilters(request, actor)
    facts = listed(actor, filters.lookups, page_number(request))
    same = unchanged(request, facts["version"])
    if same is not None:
        return same
    htmx = request.htmx  # type: ignore[attr-defined]
    facts["poll"] = asked_again(request, facts["version"])
    template = "intake/_files.html" if htmx and htmx.target == "files" else "intake/files.html"
    query = request.GET.copy()
    query.pop("v", None)
    facts |= {
        "query": query.urlencode(),
        "filters": filters,
        "accounts": filters.accounts,
        "upload_to": request.GET.get("upload_to", ""),
    }
    return render(request, template, facts)


@require_safe
@needs("files.import:view")
def formats(request: HttpRequest) -> HttpResponse:
    """Every format that is read, how sure that is, and what is known to be missing."""
    known = understood.formats()
    groups = [(words, [each for each in known if each.how == how]) for how, words in understood.HOWS.items()]
    return render(request, "intake/formats.html", {"groups": groups})


@needs("export")
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The files as filtered, as CSV or XLSX."""
    actor = actor_of(request)
    found = list(queries.files(actor, **FileFilters(request, actor).lookups)[:MOST_EXPORTED])
    names = names_by_label(file.uploaded_by for file in found)
    head = (
        "File", "Name", "State", "Market", "Account", "Format", "Rows", "Rejected", "New", "Known",
        "Payments", "Uploaded at (UTC)", "Uploaded by", "Posted at (UTC)",
    )  # fmt: skip
    rows = (
        (
            code_of(FILE_PREFIX, file.pk), file.filename, file.state,
            file.source_account.market if file.source_account else "",
            file.source_account.name if file.source_account else "",
            file.format, file.line_count + file.rejected_count, file.rejected_count, file.new_count,
            file.known_count, file.payment_count, f"{file.uploaded_at:%Y-%m-%d %H:%M:%S}",
            names[file.uploaded_by], f"{file.posted_at:%Y-%m-%d %H:%M:%S}" if file.posted_at else "",
        )
        for file in found
    )  # fmt: skip
    return list_download("files", kind, head, rows)


def asked_again(request: HttpRequest, version: str) -> str:
    """The address by which a live list asks whether it still shows the truth."""
    query = request.GET.copy()
    query["v"] = version
    return f"{request.path}?{query.urlencode()}"


def listed(actor: Actor, lookups: dict[str, Any], number: int = 1, size: int = PAGE_SIZE) -> dict[str, Any]:
    """A page of files with who brought them, and a version that changes with anything shown in it."""
    start = (number - 1) * size
    page = Page.of(queries.files(actor, **lookups)[start : start + size + 1], number, size=size)
    names = names_by_label(file.uploaded_by for file in page)
    return {
        "page": page,
        "rows": [{"file": file, "by": names[file.uploaded_by]} for file in page],
        "version": "-".join(str(part) for part in (len(page), *_newest_and_sum(page))),
        "is_moving": any(file.state in WORKING for file in page),
    }


def _newest_and_sum(page: Page[Any]) -> tuple[int, int]:
    return (page.rows[0].pk if page.rows else 0, sum(file.revision for file in page))


@require_POST
@needs("files.import")
def upload(request: HttpRequest) -> HttpResponseBase:
    """Take in what was dropped: one file a request by script, several at once from a plain form."""
    actor, now = actor_of(request), timezone.now()
    account = request.POST.get("source_account", "")
    account_id = int(account) if account.isdigit() else None
    uploaded = [
        upload_file(
            cast("BinaryIO", stream),
            filename=str(stream.name),
            by=actor,
            now=now,
            source_account_id=account_id,
        )
        for stream in request.FILES.getlist("file")
    ]
    if not request.htmx:  # type: ignore[attr-defined]
        for taken in uploaded:
            words = "is here already" if taken.already_here else "is in"
            messages.success(request, f"{taken.file.filename} {words}.")
        return redirect("intake:files")
    if not uploaded:
        raise Refused("No file came with this. Choose one or drop it again.", code="file.none")
    if uploaded[0].already_here:
        return _already_here(request, uploaded[0].file)
    return HttpResponse(status=201)


def _already_here(request: HttpRequest, file: Any) -> HttpResponse:
    """Beside the file's row: since when this content is here and who brought it."""
    facts = {"file": file, "by": names_by_label([file.uploaded_by])[file.uploaded_by]}
    response = render(request, "intake/_already_here.html", facts, status=409)
    response["X-Refused"] = "file.already_here"
    return response
