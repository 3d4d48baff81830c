"""Which documents a case has and which it lacks, by their kinds. Reads alone."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from paydesk.domain.cases.categories import documents_of
from paydesk.domain.cases.document_kinds import IDENTITY, missing_documents, standing
from paydesk.domain.cases.models import Attachment, Case
from paydesk.domain.cases.queries import tree_of
from paydesk.domain.cases.said_in import came_into


def typed_files(case_id: int) -> QuerySet[Attachment]:
    """Files of what stands in a case, and in those that became part of it, of which somebody said what they
    are and whose bytes are there still."""
    of_case = Q(message__case_id=case_id) | Q(message__case__merged_into_id=case_id)
    if came := came_into(case_id):
        of_case |= Q(message_id__in=came)
    return Attachment.objects.filter(of_case).exclude(document_kind="").exclude(sha256="")


def missing_before(what: str, case: Case, today: date) -> dict[str, str]:
    """Which documents the case's category asks for before this ("resolve", "risk") are not there.

    By kind, a sentence with what to do; one query, none where the category asks for no document.
    """
    wanted = documents_of(tree_of(case.category_version), case.category, what)
    if not wanted:
        return {}
    there = typed_files(case.pk).filter(document_kind__in=wanted)
    return missing_documents(wanted, there.values_list("document_kind", "expires_on"), today)


def why_identity_does_not_count(case_id: int, today: date) -> str:
    """Why the identity documents of a case prove nothing; "" where one does, or where none was sent to us.

    Somebody may show one without sending it. One query.
    """
    ends = typed_files(case_id).filter(document_kind=IDENTITY).values_list("expires_on", flat=True)
    spent = [standing(expires_on, today) for expires_on in ends]
    if not spent or not all(spent):
        return ""
    return (
        "The identity document on file has expired or is about to, so it does not count as proof: ask for"
        " one that holds longer, or prove it in another way."
    )
