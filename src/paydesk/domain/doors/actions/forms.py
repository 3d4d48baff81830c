"""A web form that was sent becomes a case, with its files and a status page; sent twice it is one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from django.db import transaction

from paydesk.domain.cases.actions import sort_case
from paydesk.domain.cases.actions.opening import opened
from paydesk.domain.cases.asks import is_our_number
from paydesk.domain.cases.keeping_files import CameAlong
from paydesk.domain.cases.kept_text import redacted
from paydesk.domain.cases.models import Case
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

    The case, its files and the page are made together, once for a `sent_key`; sorting it is a verb of its
    own, done when it is sent again after a fault. Card data is refused with the field, files other than PDF,
    JPEG and PNG too. Raises DoorRefused, CardDataRefused, CaseRefused.
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
    case, link = _open(
        market=door.market,
        channel="web_form",
        text=f"{text.strip()}\n\nReference: {reference.strip()}" if reference.strip() else text,
        subject=text,
        contact=contact.lower() if "@" in contact else e164_digits(contact, door.market) or contact,
        contact_name=name,
        language=language or door.language,
        also_says=" ".join(file.name.rpartition(".")[0] for file in files),
        external_id=f"{door.pk}.{sent_key}",
        files=[CameAlong(content, redacted(file.name)) for file, content in kept],
        by=by,
        now=now,
    )
    if category and not case.category:
        sort_case(case.pk, category=category, by=by, now=now)
    return case, link


@transaction.atomic(durable=True)
def _open(*, language: str, by: Actor, now: datetime, **said: Any) -> tuple[Case, StatusLink]:
    case = opened(language=language, by=by, now=now, **said)
    known = StatusLink.objects.filter(case=case, kind="case", made_by=by.label).order_by("pk").first()
    return case, known or make_link(case, "case", case.pk, language=language, by=by, now=now)
