"""Words or a file taken out of a case by hand, in any state of it, everywhere: in the mail as it came too."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from paydesk.connectors.mail.reading import read_mail
from paydesk.domain.cases.asks import is_our_number
from paydesk.domain.cases.models import (
    Attachment,
    Case,
    CaseLink,
    Commitment,
    Draft,
    Message,
    ReceivedMail,
    SideMessage,
    SideTalk,
    WaitingFile,
)
from paydesk.domain.cases.own_fields import without
from paydesk.domain.cases.queries import case_for, own_fields
from paydesk.domain.cases.steps import count_up
from paydesk.domain.quality.csat_models import CsatAnswer
from paydesk.domain.retention.models import Redaction
from paydesk.domain.retention.queries import documents_of
from paydesk.domain.retention.states import REDACTION
from paydesk.domain.risk.models import Escalation
from paydesk.foundation.assignments.models import Note
from paydesk.foundation.audit import steps as audit
from paydesk.foundation.audit.steps import fingerprint
from paydesk.foundation.documents import steps as documents
from paydesk.foundation.documents.queries import open_document
from paydesk.foundation.people.restricted import refuse_if_restricted
from paydesk.kernel.actor import Actor
from paydesk.kernel.card_redaction import redact_text
from paydesk.kernel.refused import Refused

REDACT, CONFIRM = "cases.redact", "cases.confirm_redaction:check"
GONE = "[redacted]"
FEWEST_LETTERS = 3
COLUMNS = ("text", "full_text", "html")


class RedactionRefused(Refused):
    """This cannot be redacted."""

    code = "redaction.refused"


@transaction.atomic(durable=True)
def redact_words(message_id: int, *, words: str, reason: str, by: Actor, now: datetime) -> Redaction:
    """Take `words` out of a message, and out of everything else of its case where they stand.

    Card data goes at once. Anything else waits for a second person, for what is taken out does not come
    back. The trail keeps a salted hash of the words and the fact. Raises RedactionRefused.
    """
    message = Message.objects.select_related("case").filter(pk=message_id).first()
    case = _case_of(message.case_id if message else 0, by)
    assert message is not None
    words = words.strip()
    if len(words) < FEWEST_LETTERS:
        raise RedactionRefused(f"Mark at least {FEWEST_LETTERS} letters of what has to go.")
    if not any(words in getattr(message, column) for column in COLUMNS):
        raise RedactionRefused(
            "These words do not stand in this message as you gave them: copy them from it."
        )
    is_card = redact_text(f"card number {words}", is_ours=is_our_number).changed
    made = _asked(case, by, now, reason, message_id=message.pk, words=words, is_card=is_card)
    if is_card:
        _carry_out(made, by, now)
    return made


@transaction.atomic(durable=True)
def redact_file(attachment_id: int, *, reason: str, by: Actor, now: datetime) -> Redaction:
    """Take a file of a case away, and the mail it came in; it waits for a second person."""
    file = Attachment.objects.select_related("message").filter(pk=attachment_id).first()
    case = _case_of(file.message.case_id if file else 0, by)
    assert file is not None
    return _asked(case, by, now, reason, attachment_id=file.pk, words=file.sha256, is_card=False)


@transaction.atomic(durable=True)
def confirm_redaction(redaction_id: int, *, by: Actor, now: datetime) -> Redaction:
    """The second person has it taken out; it does not come back. Raises RedactionRefused."""
    made = _locked(redaction_id, by)
    if by.id is not None and by.id == made.asked_by_id:
        raise RedactionRefused("You asked for it. Somebody else looks and has it taken out.")
    _carry_out(made, by, now)
    return made


@transaction.atomic(durable=True)
def refuse_redaction(redaction_id: int, *, by: Actor, now: datetime) -> Redaction:
    """It stays: it is evidence, or no harm to anybody."""
    made = _locked(redaction_id, by)
    made.state = REDACTION.after("refuse", made.state)
    made.words, made.decided_by, made.decided_at = "", by.label, now
    made.save()
    _record("redaction.refused", made, by, now)
    return made


def _asked(
    case: Case, by: Actor, now: datetime, reason: str, *, words: str, is_card: bool, **target: int
) -> Redaction:
    if len(reason.strip()) < 5:
        raise RedactionRefused("Say why it has to go; the reason stays, so do not repeat the words in it.")
    if words in reason:
        raise RedactionRefused("The reason repeats what has to go, and it stays: say it in other words.")
    if Redaction.objects.filter(
        case_id=case.pk, state="asked", **target, fingerprint=fingerprint(words)
    ).exists():
        raise RedactionRefused("Somebody asked for this already; it waits for a second person.")
    made = Redaction.objects.create(
        market=case.market, case_id=case.pk, is_card=is_card, words=words, fingerprint=fingerprint(words),
        reason=reason.strip(), asked_by_id=by.id, asked_by=by.label, asked_at=now, **target,
    )  # fmt: skip
    _record("redaction.asked", made, by, now, is_card=is_card, fingerprint=made.fingerprint)
    return made


def _carry_out(made: Redaction, by: Actor, now: datetime) -> None:
    made.state = REDACTION.after("redact", made.state)
    if made.message_id is not None:
        made.places = take_out(made.case_id, made.words, by, now)
    else:
        made.places = _take_file_away(made, by, now)
    made.words, made.decided_by, made.decided_at = "", by.label, now
    made.save()
    count_up(made.case_id)
    _record("redaction.done", made, by, now, places=made.places, fingerprint=made.fingerprint)


def take_out(case_id: int, words: str, by: Actor, now: datetime) -> int:
    """Replace `words` everywhere in a case: what was said in it and aside, drafts, promises, names, files and
    mails as they came. What is never edited, notes and what they said of us, goes as a whole. Returns in how
    many places they stood."""
    places = sum(
        _out_of_row(row, columns, words)
        for rows, columns in _written(case_id)
        for row in rows.select_for_update(of=("self",))
    )
    places += _out_of_fields(case_id, words)
    notes = Note.objects.filter(subject_kind="case", subject_id=case_id, erased_at=None)
    places += notes.filter(text__contains=words).update(text="", erased_at=now)
    said = CsatAnswer.objects.filter(invitation__case_id=case_id, comment__contains=words)
    places += said.update(comment="")
    return places + sum(_out_of_document(number, words, by, now) for number in documents_of([case_id]))


def _out_of_fields(case_id: int, words: str) -> int:
    """In how many cases they stood in a field of the company's own: this one, and those that have copies of
    its fields since one was split off or merged into the other."""
    near = Q(pk=case_id) | Q(parent=case_id) | Q(merged_into=case_id)
    near |= Q(children=case_id) | Q(absorbed=case_id)
    ids = Case.objects.filter(near).values("pk")
    places = 0
    for case in Case.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk"):
        kept = without(words, own_fields(), case.field_values, instead=GONE)
        if kept != case.field_values:
            case.field_values = kept
            case.save(update_fields=["field_values"])
            places += 1
    return places


def _written(case_id: int) -> list[tuple[QuerySet[Any], tuple[str, ...]]]:
    """Rows of a case that hold words of somebody, and the columns in which they stand."""
    return [
        (Message.objects.filter(case_id=case_id), (*COLUMNS, "facts")),
        (Case.objects.filter(pk=case_id), ("subject", "contact_name")),
        (Draft.objects.filter(case_id=case_id), ("text", "facts")),
        (CaseLink.objects.filter(case_id=case_id), ("found_text",)),
        (Commitment.objects.filter(case_id=case_id), ("text",)),
        (SideTalk.objects.filter(case_id=case_id), ("subject",)),
        (SideMessage.objects.filter(side__case_id=case_id), ("text",)),
        (Escalation.objects.filter(subject_kind="case", subject_id=case_id), ("reason", "decision_note")),
        (Attachment.objects.filter(message__case_id=case_id), ("name", "tells")),
        (WaitingFile.objects.filter(case_id=case_id), ("name", "tells")),
    ]


def _out_of_row(row: Any, columns: Sequence[str], words: str) -> int:
    """1 where the words stood in it, 0 where they did not."""
    hit = []
    for column in columns:
        held = getattr(row, column)
        clean = _without(held, words)
        if clean != held:
            longest = row._meta.get_field(column).max_length if isinstance(clean, str) else None
            setattr(row, column, clean[:longest] if longest else clean)
            hit.append(column)
    if hit:
        row.save(update_fields=hit)
    return 1 if hit else 0


def _without(held: Any, words: str) -> Any:
    """A text, or what is in lists and objects of texts, with `words` replaced."""
    if isinstance(held, str):
        return held.replace(words, GONE)
    if isinstance(held, list):
        return [_without(each, words) for each in held]
    if isinstance(held, dict):
        return {name: _without(each, words) for name, each in held.items()}
    return held


def _out_of_document(number: int, words: str, by: Actor, now: datetime) -> int:
    """Replace words in a document, byte for byte; one that holds them in another form goes as a whole."""
    try:
        opened = open_document(number)
    except Refused:
        return 0
    with opened.file as stream:
        data = stream.read()
    clean = data.replace(words.encode(), GONE.encode())
    is_mail = opened.document.file_name.endswith(".eml")
    if is_mail:
        mail = read_mail(clean, is_ours=is_our_number)
        if words in f"{mail.subject}\n{mail.text}\n{mail.html}":
            clean = GONE.encode()
    if clean == data:
        return 0
    documents.replace_content(
        number, clean, file_name=opened.document.file_name, by=by, at=now, why="redaction"
    )
    return 1


def _take_file_away(made: Redaction, by: Actor, now: datetime) -> int:
    file = Attachment.objects.select_related("message").get(pk=made.attachment_id)
    going = [file.document_id]
    if file.message.document_id is not None:  # the mail it came in holds it as well
        going.append(file.message.document_id)
    going += ReceivedMail.objects.filter(
        case_id=made.case_id, message_id=file.message.external_id
    ).values_list("document_id", flat=True)
    for number in sorted(set(going)):
        documents.replace_content(number, GONE.encode(), file_name="redacted", by=by, at=now, why="redaction")
    Attachment.objects.filter(pk=file.pk).update(
        name="redacted", content_type="text/plain", sha256="", expires_on=None
    )
    return len(set(going))


def _case_of(case_id: int, by: Actor) -> Case:
    try:
        case = case_for(by, case_id)
    except Case.DoesNotExist:
        raise RedactionRefused("There is no such message or file in your markets.") from None
    by.needs(REDACT, market=case.market)
    return case


def _locked(redaction_id: int, by: Actor) -> Redaction:
    made = Redaction.objects.select_for_update().filter(pk=redaction_id).first()
    if made is None or not by.sees(made.market):
        raise RedactionRefused("There is no such redaction in your markets.")
    by.needs(CONFIRM, market=made.market)
    refuse_if_restricted(by, "case", made.case_id)
    return made


def _record(verb: str, made: Redaction, by: Actor, at: datetime, **changes: Any) -> None:
    target = {"message_id": made.message_id} if made.message_id else {"attachment_id": made.attachment_id}
    audit.record(verb, subject=("case", made.case_id), by=by, at=at, market=made.market,
                 changes={"redaction_id": made.pk, **target, **changes})  # fmt: skip
