"""What a pack holds: everything that was said, posted, decided and recorded about a case or payment.

Rows are told whole, by the names of their columns; each group is one file. Nothing here decides who may
have it: that is the verb's (actions/packing.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Model, Q, QuerySet

from paydesk.domain.cases.document_kinds import KIND_WORDS
from paydesk.domain.cases.models import (
    Attachment,
    Case,
    CaseLink,
    Commitment,
    Message,
    ReceivedMail,
    SideMessage,
    SideTalk,
)
from paydesk.domain.cases.said_in import came_into, merged_into
from paydesk.domain.disputes.models import Dispute, Evidence
from paydesk.domain.goodwill.models import Goodwill
from paydesk.domain.ledger.queries import EntryRow, entries_about
from paydesk.domain.payments.models import Allocation, Claim, Payment
from paydesk.domain.refunds.models import Refund
from paydesk.domain.risk.models import Enforcement, Escalation
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.assignments.models import Assignment, Note
from paydesk.foundation.audit.models import AuditRecord, AuditSeal
from paydesk.foundation.clocks.models import Clock, ClockPause
from paydesk.foundation.documents.models import Document
from paydesk.foundation.documents.queries import document_by_id, open_document
from paydesk.foundation.documents.rules import safe_file_name
from paydesk.foundation.people.restricted import hidden_beside
from paydesk.kernel.money import Money
from paydesk.kernel.public_codes import code_of
from paydesk.kernel.refused import Refused
from paydesk.writers.evidence_pack import as_json, summary_page

Thing = tuple[str, int]
PREFIXES = {"case": "CAS", "payment": "PAY", "refund": "REF", "contract": "CON", "customer": "CUS",
            "escalation": "ESC", "enforcement": "ENF", "exception": "EXC", "seller": "SEL",
            "goodwill": "GWL", "dispute": "DSP"}  # fmt: skip


@dataclass
class Collected:
    """Files by name, tables for the summary, and the things the trail is told of."""

    files: dict[str, bytes] = field(default_factory=dict)
    sections: dict[str, list[list[str]]] = field(default_factory=dict)
    things: list[Thing] = field(default_factory=list)

    def group(self, name: str, rows: Iterable[Any]) -> None:
        """One JSON file of rows; nothing where there are none."""
        told = [row if isinstance(row, dict) else row_of(row) for row in rows]
        if told:
            self.files[f"{name}.json"] = as_json(told)

    def table(self, title: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        self.sections[title] = [list(head), *([_text(cell) for cell in row] for row in rows)]


def row_of(thing: Model) -> dict[str, Any]:
    """Every column of a row by its name; bytes as hexadecimal digits."""
    found = {each.attname: getattr(thing, each.attname) for each in thing._meta.concrete_fields}
    return {name: value.hex() if isinstance(value, bytes) else value for name, value in found.items()}


def code(kind: str, number: int) -> str:
    return code_of(PREFIXES[kind], number) if kind in PREFIXES else f"{kind} {number}"


def of_case(case: Case) -> Collected:
    """A case with what was said in it, aside, and in cases merged into it; its files, and everything it is
    confirmed to be about. Of a case that others alone may see nothing is told but that there is a link."""
    hidden = _hidden_beside(case.pk)
    into = list(Case.objects.filter(pk__in=merged_into(case.pk)).order_by("id"))
    ids = [case.pk, *(each.pk for each in into)]
    found = Collected(things=[("case", number) for number in ids])
    found.group("case", [case])
    found.group("merged-into-it", into)
    said(found, ids)
    said_aside(found, SideTalk.objects.filter(case_id__in=ids))
    links = list(CaseLink.objects.filter(case_id__in=ids).order_by("id"))
    found.group("links", links)
    found.group("promises", Commitment.objects.filter(case_id__in=ids).order_by("id"))
    about = [(each.kind, each.object_id) for each in links if each.state == "confirmed"]
    found.things += [each for each in about if each not in hidden]
    payments = [number for kind, number in found.things if kind == "payment"]
    given = Goodwill.objects.filter(case_id__in=ids) | Goodwill.objects.filter(
        pk__in=[number for kind, number in found.things if kind == "goodwill"]
    )
    found.group("goodwill", given.order_by("id"))
    found.things += [("goodwill", each.pk) for each in given]
    money(found, payments, [number for kind, number in found.things if kind == "refund"])
    contested(found, payments, [number for kind, number in found.things if kind == "dispute"])
    _decisions(found)
    return found


def _hidden_beside(case_id: int) -> set[Thing]:
    """What named people alone see now, but for what the view of this case covers."""
    return set(hidden_beside("case", case_id).values_list("subject_kind", "subject_id"))


def of_payment(payment: Payment) -> Collected:
    """A payment with its row as the provider stated it, its postings, refunds, disputes and escalations."""
    found = Collected(things=[("payment", payment.pk)])
    money(found, [payment.pk], [])
    contested(found, [payment.pk], [])
    _decisions(found)
    return found


def said(found: Collected, case_ids: Sequence[int]) -> None:
    came = [number for case_id in case_ids for number in came_into(case_id)]
    messages = list(Message.objects.filter(Q(case_id__in=case_ids) | Q(pk__in=came)).order_by("at", "id"))
    found.group("messages", messages)
    found.table(
        "What was said", ("When (UTC)", "Case", "Way", "By", "Text"),
        [
            (each.at, code("case", each.case_id), f"{each.direction}, {each.channel}",
             each.author or each.sender, each.full_text or each.text)
            for each in messages
        ],
    )  # fmt: skip
    attached = list(Attachment.objects.filter(message__in=messages).select_related("message").order_by("id"))
    places = [f"attachments/{n:03}-{each.name}" for n, each in enumerate(attached, 1)]
    found.group("attachments", attached)
    found.table(
        "Documents", ("File", "Case", "What it is", "Valid until", "SHA-256", "Came (UTC)", "Said by"),
        [
            (place, code("case", each.message.case_id), KIND_WORDS.get(each.document_kind, "Not said"),
             each.expires_on or "", each.sha256 or "taken out", each.message.at, each.typed_by)
            for place, each in zip(places, attached, strict=True)
        ],
    )  # fmt: skip
    mails = [each.document_id for each in messages if each.pk in came]
    raw = ReceivedMail.objects.filter(Q(case_id__in=case_ids) | Q(document_id__in=mails)).order_by("id")
    wanted = [(place, each.document_id) for place, each in zip(places, attached, strict=True)]
    wanted += [(f"mail/{n:03}.eml", each.document_id) for n, each in enumerate(raw, 1)]
    documents(found, wanted)


def said_aside(found: Collected, sides: QuerySet[SideTalk]) -> None:
    """What others were asked about cases, and what they said."""
    found.group("questions-aside", sides.order_by("id"))
    spoken = list(SideMessage.objects.filter(side__in=sides).select_related("side").order_by("at", "id"))
    found.group("said-aside", spoken)
    found.table(
        "Asked aside", ("When (UTC)", "Case", "With", "By", "Text"),
        [
            (each.at, code("case", each.side.case_id), each.side.with_whom, each.author or each.sender,
             each.text)
            for each in spoken
        ],
    )  # fmt: skip
    documents(found, [(f"aside/{n:03}.eml", each.document_id) for n, each in enumerate(spoken, 1)])


def documents(found: Collected, wanted: Iterable[tuple[str, int | None]]) -> None:
    """The bytes of documents under safe names; one that is gone is named as gone."""
    for name, number in wanted:
        document = document_by_id(number) if number is not None else None
        if document is None:
            continue
        folder, _, last = name.rpartition("/")
        place = f"{folder}/{safe_file_name(last)}"
        try:
            with open_document(document.pk).file as stream:
                found.files[place] = stream.read()
        except Refused as problem:
            found.files[f"{place}.missing.txt"] = problem.text.encode()


def money(found: Collected, payments: Sequence[int], refunds: Sequence[int]) -> None:
    """Payments as the provider stated them, what they were applied to, and what went back of them."""
    rows = list(Payment.objects.filter(pk__in=payments).select_related("statement_line").order_by("id"))
    found.group("payments", rows)
    found.group("payment-rows-as-stated", [each.statement_line for each in rows])
    found.group("allocations", Allocation.objects.filter(payment__in=rows).order_by("id"))
    found.group("claims", Claim.objects.filter(payment__in=rows).order_by("id"))
    found.table(
        "Payments", ("Payment", "Amount", "Day", "State", "Provider’s reference"),
        [
            (code("payment", each.pk), Money(each.amount_minor, each.currency), each.value_on, each.state,
             each.statement_line.provider_ref)
            for each in rows
        ],
    )  # fmt: skip
    of_these = Refund.objects.filter(payment__in=rows) | Refund.objects.filter(pk__in=refunds)
    back = list(of_these.order_by("id"))
    found.group("refunds", back)
    found.table(
        "Refunds", ("Refund", "Amount", "State", "Reason"),
        [(code("refund", r.pk), Money(r.amount_minor, r.currency), r.state, r.reason) for r in back],
    )  # fmt: skip
    found.things = list(
        dict.fromkeys([*found.things, *(("payment", r.pk) for r in rows), *(("refund", r.pk) for r in back)])
    )


def contested(found: Collected, payments: Sequence[int], disputes: Sequence[int]) -> None:
    """What cardholders contest of these payments: the notice, our answer with its evidence, what was decided.

    The answer is in it as it went out, a ZIP of its own.
    """
    of_these = Dispute.objects.filter(payment__in=payments) | Dispute.objects.filter(pk__in=disputes)
    rows = list(of_these.order_by("id"))
    given = list(Evidence.objects.filter(dispute__in=rows).order_by("id"))
    found.group("disputes", rows)
    found.group("dispute-evidence", given)
    found.table(
        "Disputes", ("Dispute", "Payment", "Contested", "State", "Scheme and reason", "To be answered by"),
        [
            (code("dispute", each.pk), code("payment", each.payment_id),
             Money(each.amount_minor, each.currency), each.state,
             f"{each.scheme} {each.reason_code}".strip(), each.answer_by or "")
            for each in rows
        ],
    )  # fmt: skip
    found.things = list(dict.fromkeys([*found.things, *(("dispute", each.pk) for each in rows)]))
    wanted = [(f"{code('dispute', each.dispute_id)}/{each.kind}", each.document_id) for each in given]
    wanted += [(f"{code('dispute', each.pk)}/answer.zip", each.pack_id) for each in rows]
    wanted += [(f"{code('dispute', each.pk)}/decision", each.outcome_document_id) for each in rows]
    documents(found, wanted)


def _postings(found: Collected) -> None:
    """What the books say about the money among all things so far."""
    posted = [
        (kind, number, entry)
        for kind, number in found.things
        if kind in ("payment", "refund", "goodwill", "dispute")
        for entry in entries_about(kind, number)
    ]
    found.group("postings", [_entry(kind, number, entry) for kind, number, entry in posted])
    found.table(
        "Postings", ("Entry", "About", "Booked", "Account", "Debit", "Credit"),
        [
            (entry.code, code(kind, number), entry.booked_on, f"{leg.code} {leg.name}", leg.debit or "",
             leg.credit or "")
            for kind, number, entry in posted
            for leg in entry.postings
        ],
    )  # fmt: skip


def _entry(kind: str, number: int, entry: EntryRow) -> dict[str, Any]:
    return {
        "about": code(kind, number), "entry": entry.code, "kind": entry.kind, "booked_on": entry.booked_on,
        "value_on": entry.value_on, "posted_at": entry.posted_at, "actor": entry.actor,
        "postings": [
            {"account": leg.code, "name": leg.name, "key": leg.key_id,
             "debit": leg.debit, "credit": leg.credit}
            for leg in entry.postings
        ],
    }  # fmt: skip


def _decisions(found: Collected) -> None:
    """Postings, escalations, enforcement, approvals, clocks, notes and the trail of all things so far."""
    _postings(found)
    about = [(kind, number) for kind, number in found.things if kind in ("case", "payment")]
    escalations = list(rows_about(Escalation, about))
    found.group("escalations", escalations)
    found.things += [("escalation", each.pk) for each in escalations]
    numbers = [number for kind, number in found.things if kind == "enforcement"]
    enforced = Enforcement.objects.filter(pk__in=numbers) | Enforcement.objects.filter(
        escalation__in=escalations
    )
    found.group("enforcement", enforced.order_by("id"))
    found.things = list(dict.fromkeys(found.things))
    found.group("approvals", rows_about(Approval, found.things))
    documents(
        found,
        [(f"documents/{number:06}", number) for each in escalations for number in each.document_ids],
    )
    found.group("ownership", rows_about(Assignment, found.things))
    found.group("notes", rows_about(Note, found.things))
    clocks = list(rows_about(Clock, found.things))
    found.group("clocks", clocks)
    found.group("clock-pauses", ClockPause.objects.filter(clock__in=clocks).order_by("id"))
    found.table(
        "Clocks", ("What", "About", "Started", "Due", "Ended", "Broken"),
        [
            (each.kind, code(each.subject_kind, each.subject_id), each.start_at, each.due_at,
             f"{each.ended_as} {each.ended_at or ''}".strip(), each.breached_at or "")
            for each in clocks
        ],
    )  # fmt: skip
    _trail(found)


def _trail(found: Collected) -> None:
    """The records of the audit trail with the place and hash of each in the chain, and the one before it."""
    records: list[AuditRecord] = []
    for kind, number in found.things:
        records += AuditRecord.objects.filter(subject_kind=kind, subject_id=str(number)).order_by("id")
    seals = {each.record_id: each for each in AuditSeal.objects.filter(record__in=records)}
    records.sort(key=lambda record: record.pk)
    found.group(
        "audit-trail",
        [
            {
                **{k: v for k, v in row_of(record).items() if k != "tx_id"},
                "seal": seals[record.pk].number if record.pk in seals else None,
                "hash": bytes(seals[record.pk].hash).hex() if record.pk in seals else "not sealed yet",
                "previous_hash": bytes(seals[record.pk].previous_hash).hex() if record.pk in seals else "",
            }
            for record in records
        ],
    )
    found.table(
        "Who did what", ("When (UTC)", "Who", "What", "To", "Seal"),
        [
            (record.at, record.actor, record.verb,
             code(record.subject_kind, int(record.subject_id)),
             seals[record.pk].number if record.pk in seals else "")
            for record in records
        ],
    )  # fmt: skip


def rows_about(model: Any, things: Iterable[Thing]) -> list[Any]:
    """Rows that name one of these things by link, in the order they were made."""
    rows: list[Any] = []
    for kind, number in dict.fromkeys(things):
        rows += model.objects.filter(subject_kind=kind, subject_id=number)
    return sorted(rows, key=lambda row: row.pk)


def document_bytes(case_ids: Sequence[int]) -> int:
    """How large the files of these cases are; two queries."""
    numbers = [
        *Attachment.objects.filter(message__case_id__in=case_ids).values_list("document_id", flat=True),
        *ReceivedMail.objects.filter(case_id__in=case_ids).values_list("document_id", flat=True),
    ]
    sizes = Document.objects.filter(pk__in=numbers).values_list("content__size_bytes", flat=True)
    return sum(sizes)


def with_summary(found: Collected, title: str, lead: str) -> dict[str, bytes]:
    """Every file, and the page a person reads first."""
    return {**found.files, "summary.html": summary_page(title, lead, found.sections)}


def _text(cell: object) -> str:
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M:%S}"
    return str(cell)
