"""A web form that was sent becomes a case, with its files and a status page; sent twice it is one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from django.db import transaction

from paydesk.domain.cases.actions import open_case, sort_case
from paydesk.domain.cases.asks import is_our_number
from paydesk.domain.cases.keeping_files import CameAlong, keep_beside
from paydesk.domain.cases.kept_text import redacted
from paydesk.domain.cases.models import Case, Message
from paydesk.domain.cases.steps import locked
from paydesk.domain.doors import rules
from paydesk.domain.doors.models import Door, StatusLink
from paydesk.domain.doors.steps import DoorRefused, make_link
from paydesk.foundation.documents import blobs
from paydesk.kernel.actor import Actor
from paydesk.kernel.card_redaction import refuse_card_data
from paydesk.kernel.phone_numbers import e164_digits


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file of a form: what they call it, its bytes, how many."""

    name: str
    stream: BinaryIO
    size_bytes: int


def send_form(
    door: Door,
    *,
    sent_key: str,
    text: str,
    reference: str = "",
    category: str = "",
    name: str = "",
    contact: str = "",
    language: str = "",
    files: Sequence[SentFile] = (),
    by: Actor,
    now: datetime,
) -> tuple[Case, StatusLink]:
    """A case of channel web form, with what the reference means proposed as its link, and its status page.

    Several verbs, each done once for a `sent_key`: sent again after a fault it goes on where it stopped.
    Card data is refused with the field, files other than PDF, JPEG and PNG too. Raises DoorRefused,
    CardDataRefused, CaseRefused.
    """
    said = {"The reference": reference, "The message": text, "The name": name, "The address": contact}
    for field, value in said.items():
        refuse_card_data(value, field=field, is_ours=is_our_number)
    if problem := rules.problem_with_files([(file.name, file.size_bytes) for file in files]):
        raise DoorRefused(problem, field="files")
    kept = [(file, blobs.keep(file.stream)) for file in files]
    for file, content in kept:
        if content.content_type not in rules.FILE_TYPES:
            raise DoorRefused(f"{file.name[:80]} is no PDF, JPEG or PNG.", field="files")
    contact = contact.strip()
    case = open_case(
        market=door.market,
        channel="web_form",
        text=f"{text.strip()}\n\nReference: {reference.strip()}" if reference.strip() else text,
        subject=text,
        contact=contact.lower() if "@" in contact else e164_digits(contact, door.market) or contact,
        contact_name=name,
        language=language or door.language,
        also_says=" ".join(file.name.rpartition(".")[0] for file in files),
        external_id=f"{door.pk}.{sent_key}",
        by=by,
        now=now,
    )
    if category and not case.category:
        sort_case(case.pk, category=category, by=by, now=now)
    return case, _with_files_and_page(case.pk, kept, language or door.language, by=by, now=now)


@transaction.atomic(durable=True)
def _with_files_and_page(
    case_id: int,
    kept: Sequence[tuple[SentFile, blobs.KeptContent]],
    language: str,
    *,
    by: Actor,
    now: datetime,
) -> StatusLink:
    case = locked(case_id, by, also_over=True)
    known = StatusLink.objects.filter(case=case, kind="case", made_by=by.label).order_by("pk").first()
    if known is not None:
        return known
    message = Message.objects.filter(case=case, channel="web_form").earliest("pk")
    for file, content in kept:
        name = redacted(file.name)
        keep_beside(message, CameAlong(content, name), market=case.market, by=by, now=now)
    return make_link(case, "case", case.pk, language=language, by=by, now=now)
