"""The pack a dispute is answered with: one ZIP that proves itself, with every piece of evidence in it.

It leaves the house: names and numbers are masked, but for what the documents themselves show.
"""

from __future__ import annotations

from paydesk.domain.cases.models import Message
from paydesk.domain.disputes import queries
from paydesk.domain.disputes.models import Dispute, Evidence
from paydesk.domain.disputes.reason_codes import EVIDENCE, SCHEMES, reason_code
from paydesk.foundation.documents.queries import document_by_id, open_document
from paydesk.foundation.documents.rules import safe_file_name
from paydesk.foundation.people.masking import masked_name
from paydesk.kernel.money import Money
from paydesk.writers.evidence_pack import as_json, summary_page, write_pack


def content_of(dispute: Dispute) -> tuple[bytes, str]:
    """(the ZIP, the hash over all); the same evidence gives the same bytes."""
    given = queries.evidence_of(dispute)
    files: dict[str, bytes] = {}
    answered = []
    for number, kind in enumerate(queries.wanted_of(dispute, given), start=1):
        one = given.get(kind)
        name = "" if one is None else _add(files, number, one)
        answered.append([EVIDENCE[kind], name or (one.absent_because if one else "")])
    facts = _facts(dispute)
    files["dispute.json"] = as_json(dict(facts))
    files["summary.html"] = summary_page(
        f"Dispute {dispute.provider_ref or queries.code(dispute)}",
        "Our answer, with the evidence it names.",
        {
            "The dispute": [["What", "As we have it"], *([name, value] for name, value in facts)],
            "Evidence": [["What it shows", "File, or why there is none"], *answered],
        },
    )
    about = {"pack": "Answer to a dispute", "of": queries.code(dispute), "market": dispute.market}
    return write_pack(files, about)


def file_name(dispute: Dispute) -> str:
    """The name under which the pack is saved."""
    return f"dispute-{queries.code(dispute)}-{dispute.version}.zip"


def _add(files: dict[str, bytes], number: int, one: Evidence) -> str:
    """Put a piece of evidence among the files; returns its name there, "" where there is none."""
    if one.document_id is not None:
        document = document_by_id(one.document_id)
        assert document is not None, "evidence names a document that is kept"
        name = f"evidence/{number:02d}-{one.kind}-{safe_file_name(document.file_name)}"
        with open_document(document.pk).file as file:
            files[name] = file.read()
        return name
    if one.message_id is not None:
        said = Message.objects.get(pk=one.message_id)
        name = f"evidence/{number:02d}-{one.kind}.txt"
        files[name] = f"{said.at.isoformat()} {said.direction}\n\n{said.text}\n".encode()
        return name
    return ""


def _facts(dispute: Dispute) -> list[tuple[str, str]]:
    payment = dispute.payment
    line, known = payment.statement_line, reason_code(dispute.scheme, dispute.reason_code)
    return [
        ("Reference", dispute.provider_ref),
        ("Scheme", SCHEMES.get(dispute.scheme, "")),
        ("Reason", known.words if known is not None else ""),
        ("Notice of", str(dispute.notice_on or "")),
        ("To be answered by", str(dispute.answer_by or "")),
        ("Contested", str(Money(dispute.amount_minor, dispute.currency))),
        ("Payment", line.provider_ref),
        ("Paid on", str(payment.value_on)),
        ("Paid", str(Money(payment.amount_minor, payment.currency))),
        ("Payer", masked_name(line.payer_name) or "not named"),
    ]
