"""What a file of a case is: proposed by its name, said by a person; and what the category asks for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from paydesk.domain.cases import actions
from paydesk.domain.cases.categories import DOCUMENTS_BEFORE, documents_of
from paydesk.domain.cases.document_kinds import KIND_WORDS, proposed_kind
from paydesk.domain.cases.documents import missing_before
from paydesk.domain.cases.queries import tree_of
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.addresses import page_of
from paydesk.web.answers import came_from, done
from paydesk.web.cases.files import file_or_404
from paydesk.web.cases.forms import CHOOSE
from paydesk.web.cases.shown import SEE, WORK, case_or_404, shown
from paydesk.web.contracts.forms import day_input
from paydesk.web.language import spoken
from paydesk.web.people_names import names_by_label

if TYPE_CHECKING:
    from paydesk.domain.cases.models import Attachment, Case

dialog_view: Callable[[Any], Any] = require_http_methods(["GET", "HEAD", "POST"])


class FileKind(forms.Form):
    kind = forms.ChoiceField(label="What it is", choices=[CHOOSE, *KIND_WORDS.items()])
    expires_on = forms.DateField(
        label="Valid until", required=False, widget=day_input(),
        help_text="The last day that stands on an identity document or a letter of authority.",
    )  # fmt: skip
    bears_no_end = forms.BooleanField(label="No last day stands on it", required=False)


def proposed_of(file: Attachment) -> str:
    """What a file that they sent may be, where nobody said it yet; ours are what we made of them."""
    if file.document_kind or file.message.direction != "in":
        return ""
    return proposed_kind(file.name, file.content_type)


def papers_of(case: Case, today: date) -> list[tuple[str, str, str]]:
    """(document, before what it is asked for, what is missing or "") of the case's category.

    A query for each of both, none where the category asks for no document.
    """
    tree, found = tree_of(case.category_version), []
    for before, words in DOCUMENTS_BEFORE.items():
        missing = missing_before(before, case, today)
        wanted = documents_of(tree, case.category, before)
        found += [(KIND_WORDS[kind], words, missing.get(kind, "")) for kind in wanted]
    return found


@dialog_view
@needs(SEE)
@needs("documents:view")
def say_kind(request: HttpRequest, public_code: str, attachment_id: int) -> HttpResponse:
    """Say what a file is; a proposal is chosen already. Its hash stands there to be compared."""
    actor, file = actor_of(request), file_or_404(request, public_code, attachment_id)
    case, is_sent = case_or_404(actor, public_code), request.method == "POST"
    initial = {
        "kind": file.document_kind or proposed_of(file), "expires_on": file.expires_on,
        "bears_no_end": file.typed_at is not None and file.expires_on is None,
    }  # fmt: skip
    form = FileKind(request.POST if is_sent else None, initial=initial, auto_id="kind_%s")
    at = came_from(request, page_of("case", case.pk))
    if is_sent and form.is_valid():
        made = actions.say_kind(file.pk, **form.cleaned_data, by=actor, now=timezone.now())
        return done(request, at, _("%s is kept.") % spoken(KIND_WORDS[made.document_kind]))
    known = {
        "each": shown(case), "file": file, "form": form, "at": at, "blocked": gate(actor, WORK).reason,
        "said_by": names_by_label({file.typed_by})[file.typed_by] if file.typed_by else "",
    }  # fmt: skip
    return render(request, "cases/say_kind.html", known, status=422 if is_sent else 200)
