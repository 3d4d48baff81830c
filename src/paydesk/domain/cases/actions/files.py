"""Files that go out with an answer, and files that came in: taken along, said what they are."""

from __future__ import annotations

from datetime import date, datetime
from typing import BinaryIO

from django.db import transaction

from paydesk.domain.cases.document_kinds import problem_with_kind
from paydesk.domain.cases.made_files import Tells
from paydesk.domain.cases.models import Attachment, Case, LetterTemplate, WaitingFile
from paydesk.domain.cases.placeholders import known_places
from paydesk.domain.cases.rules import changed
from paydesk.domain.cases.steps import RIGHT, CaseRefused, keep, locked, record
from paydesk.domain.cases.texts import key_of_title, problem_with_ready_text
from paydesk.foundation.audit import steps as audit
from paydesk.foundation.documents import blobs
from paydesk.foundation.documents import steps as documents
from paydesk.foundation.people.restricted import refuse_if_restricted
from paydesk.kernel.actor import Actor
from paydesk.writers.letters import places_of

MOST_FILES = 10
MOST_BYTES = 20 * 1024 * 1024  # what most servers take with one message


def attach_file(
    case_id: int,
    stream: BinaryIO,
    *,
    filename: str,
    told: str = "",
    tells: Tells | None = None,
    by: Actor,
    now: datetime,
) -> WaitingFile:
    """Keep a file that goes out with this person's next answer.

    Of one that was made here `told` says from what, in words, and `tells` what is asked again when it leaves.

    Raises CaseRefused for too many or too large ones, Refused for an empty one.
    """
    kept = blobs.keep(stream)  # before the transaction: a slow upload must not hold one open
    with transaction.atomic(durable=True):
        case = locked(case_id, by)
        assert by.id is not None, "only people attach files"
        waiting = list(WaitingFile.objects.filter(case=case, person_id=by.id))
        if any(each.sha256 == kept.sha256 for each in waiting):
            return next(each for each in waiting if each.sha256 == kept.sha256)
        if len(waiting) >= MOST_FILES:
            raise CaseRefused(f"Up to {MOST_FILES} files go with one answer: take one off first.")
        if sum(each.size_bytes for each in waiting) + kept.size_bytes > MOST_BYTES:
            raise CaseRefused("Together the files are more than 20 MB, which mail servers do not take.")
        document = documents.record_upload(
            kept, filename=filename, by=by, now=now, retention="evidence", market=case.market
        )
        made = WaitingFile.objects.create(
            case=case, person_id=by.id, document_id=document.pk, name=document.file_name,
            content_type=kept.content_type, size_bytes=kept.size_bytes, sha256=kept.sha256,
            told=told[:200], tells=tells.as_json() if tells else {}, at=now,
        )  # fmt: skip
        record("case.file_attached", case, by, now, document_id=document.pk, told=told[:200])
        return made


@transaction.atomic(durable=True)
def take_off_file(file_id: int, *, by: Actor, now: datetime) -> None:
    """Do not send this file; it stays kept as a document. Raises CaseRefused."""
    found = WaitingFile.objects.filter(pk=file_id, person_id=by.id).first()
    if found is None:
        raise CaseRefused("This file goes with no answer of yours any more.")
    case = locked(found.case_id, by)
    found.delete()
    record("case.file_taken_off", case, by, now, document_id=found.document_id)


@transaction.atomic(durable=True)
def look_into_file(attachment_id: int, *, by: Actor, now: datetime) -> Attachment:
    """Say in the trail that somebody takes a file of a message along. Raises CaseRefused."""
    found = _to_be_seen(attachment_id, by)
    record("case.file_opened", found.message.case, by, now, document_id=found.document_id)
    return found


@transaction.atomic(durable=True)
def show_held(attachment_id: int, *, by: Actor, now: datetime) -> Attachment:
    """Say in the trail that somebody looks at a picture that is held. Raises CaseRefused."""
    found = _to_be_seen(attachment_id, by)
    record("case.held_picture_shown", found.message.case, by, now, document_id=found.document_id)
    return found


@transaction.atomic(durable=True)
def say_kind(
    attachment_id: int,
    *,
    kind: str,
    expires_on: date | None = None,
    bears_no_end: bool = False,
    by: Actor,
    now: datetime,
) -> Attachment:
    """Say what a file of a case is and, where its kind has one, until which day it holds.

    Also of a case that is over: evidence is put in order after it. The same again changes nothing.
    Raises CaseRefused, also for a file that was erased or redacted.
    """
    found = _to_be_seen(attachment_id, by)
    case = locked(found.message.case_id, by, also_over=True)
    found.refresh_from_db()
    if not found.sha256:
        raise CaseRefused("This file was taken out: there is nothing left to say of it.")
    if problem := problem_with_kind(kind, expires_on, bears_no_end=bears_no_end):
        raise CaseRefused(problem)
    was = {"kind": found.document_kind, "expires_on": _day(found.expires_on)}
    changes = changed(was, {"kind": kind, "expires_on": _day(expires_on)})
    if not changes:
        return found
    found.document_kind, found.expires_on, found.typed_by, found.typed_at = kind, expires_on, by.label, now
    found.save(update_fields=["document_kind", "expires_on", "typed_by", "typed_at"])
    keep(case)
    record("case.file_typed", case, by, now, document_id=found.document_id, **changes)
    return found


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _to_be_seen(attachment_id: int, by: Actor) -> Attachment:
    found = Attachment.objects.select_related("message__case").filter(pk=attachment_id).first()
    case: Case | None = found.message.case if found else None
    if found is None or case is None or not by.sees(case.market):
        raise CaseRefused("There is no such file in your markets.")
    by.needs(f"{RIGHT}:view", market=case.market)
    refuse_if_restricted(by, "case", case.pk)
    return found


def save_letter(
    title: str, language: str, stream: BinaryIO, *, filename: str, by: Actor, now: datetime
) -> LetterTemplate:
    """Keep a Word file as a letter in a language, or as its next version. Raises CaseRefused, Refused."""
    by.needs("cases.texts")
    title = " ".join(title.split())
    if problem := problem_with_ready_text(title, {language: "x"}, ()):
        raise CaseRefused(problem)
    kept = blobs.keep(stream)
    with blobs.path_of(kept.sha256).open("rb") as file:
        strange = [name for name in places_of(file.read()) if name not in known_places()]
    if strange:
        raise CaseRefused(f"{{{{ {strange[0]} }}}} is no place that a fact fills: choose one from the list.")
    with transaction.atomic(durable=True):
        document = documents.record_upload(kept, filename=filename, by=by, now=now, retention="evidence")
        same = LetterTemplate.objects.select_for_update().filter(key=key_of_title(title), language=language)
        newest = same.order_by("-version").first()
        made = LetterTemplate.objects.create(
            key=key_of_title(title), language=language, version=newest.version + 1 if newest else 1,
            title=title, document_id=document.pk, made_by=by.label, made_at=now,
        )  # fmt: skip
        audit.record(
            "letter.saved", subject=("letter", made.pk), by=by, at=now,
            changes={"key": made.key, "language": language, "version": made.version},
        )  # fmt: skip
        return made
