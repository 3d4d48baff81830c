"""Replacing what is personal: of a customer, a seller, cases, documents. Sums, postings and the trail stay.

Part of verbs: everything here joins their transaction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import F, Q

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
)
from paydesk.domain.disputes.models import Dispute, Evidence
from paydesk.domain.hand_receipts.models import HandReceipt
from paydesk.domain.marketplace.forgetting import THINGS, forget_sellers
from paydesk.domain.parties.forgetting import forget_cases, forget_name, forget_person
from paydesk.domain.parties.models import Customer, Party
from paydesk.domain.payments.models import PayerLink, Payment
from paydesk.domain.refunds.models import Refund
from paydesk.domain.retention.models import Erasure, LegalHold, Pack, Redaction
from paydesk.domain.retention.queries import documents_of
from paydesk.domain.retention.standing import Subject, addresses_of, cases_of, mail_of_nobody
from paydesk.domain.reversal_requests.models import ReversalRequest
from paydesk.domain.risk.models import Enforcement, Escalation
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.assignments.models import Assignment, Note
from paydesk.foundation.documents import steps as documents
from paydesk.kernel.actor import Actor

ERASED = "Erased"
ERASED_PERSON = "Erased person"
BY_PHONE = ("msisdn", "payer_link")
_NO_FILE = {"name": "erased.txt", "content_type": "text/plain", "sha256": "", "expires_on": None}
_TOMBSTONE = b"Erased by the desk's schedule of retention or at the wish of the person.\n"


def words_of_cases(case_ids: Sequence[int], by: Actor, at: datetime) -> Counter[str]:
    """Replace what was said in cases, who said it, and what was noted; state, clocks and links stay."""
    ids, found = list(case_ids), Counter[str]()
    if not ids:
        return found
    for word, count in forget_cases(ids, at):
        found[word] += count
    found["messages"] = Message.objects.filter(case_id__in=ids).update(
        text=ERASED, full_text="", html="", sender="", recipients=[], facts={}, external_id=""
    )
    found["cases"] = Case.objects.filter(pk__in=ids).update(
        subject=ERASED, contact="", contact_name="", level_how="", field_values={}, version=F("version") + 1
    )
    Draft.objects.filter(case_id__in=ids).delete()
    CaseLink.objects.filter(case_id__in=ids).update(found_text="")
    Commitment.objects.filter(case_id__in=ids).update(text=ERASED)
    Redaction.objects.filter(case_id__in=ids).update(reason=ERASED)
    LegalHold.objects.filter(case_id__in=ids, lifted_at__isnull=False).update(
        reason=ERASED, lift_reason=ERASED
    )
    Escalation.objects.filter(subject_kind="case", subject_id__in=ids).update(reason=ERASED)
    Escalation.objects.filter(subject_kind="case", subject_id__in=ids, state="decided").update(
        decision_note=ERASED
    )
    sides = SideTalk.objects.filter(case_id__in=ids)
    SideMessage.objects.filter(side__in=sides).update(text=ERASED, sender="", external_id="")
    found["questions aside"] = sides.update(subject=ERASED, version=F("version") + 1)
    found["notes"] = _notes("case", ids, at)
    _next_steps("case", ids)
    return found


def files_of_cases(case_ids: Sequence[int], by: Actor, at: datetime, why: str) -> Counter[str]:
    """Replace attachments and mails as they came by a line that says so."""
    ids, found = list(case_ids), Counter[str]()
    if not ids:
        return found
    for number in documents_of(ids):
        found["files"] += documents.replace_content(
            number, _TOMBSTONE, file_name="erased.txt", by=by, at=at, why=why
        )
    Attachment.objects.filter(message__case_id__in=ids).update(**_NO_FILE)
    ReceivedMail.objects.filter(case_id__in=ids).update(told="")
    found["packs"] = packs([("case", number) for number in ids], by, at, why)
    return found


def single_files(files: Iterable[Attachment], by: Actor, at: datetime, why: str) -> int:
    """Replace these files, and the mails they came in, for these hold them as well; returns how many files.

    What the mails said stays in their messages. `files` come with their messages.
    """
    count = 0
    for each in files:
        mails = ReceivedMail.objects.filter(case_id=each.message.case_id, message_id=each.message.external_id)
        numbers = {each.document_id, each.message.document_id, *mails.values_list("document_id", flat=True)}
        for number in sorted(numbers - {None}):
            documents.replace_content(number, _TOMBSTONE, file_name="erased.txt", by=by, at=at, why=why)
        mails.update(told="")
        Attachment.objects.filter(pk=each.pk).update(**_NO_FILE)
        count += 1
    return count


def packs(about: Sequence[tuple[str, int]], by: Actor, at: datetime, why: str) -> int:
    """Take the files of packs away; that there was one, and its hash, stay."""
    number = 0
    for kind, subject_id in about:
        for pack in Pack.objects.filter(subject_kind=kind, subject_id=subject_id, state="made"):
            one_pack(pack, by, at, why)
            number += 1
    return number


def one_pack(pack: Pack, by: Actor, at: datetime, why: str) -> None:
    if pack.document_id is not None:
        documents.replace_content(pack.document_id, _TOMBSTONE, file_name="erased.txt", by=by, at=at, why=why)
    Pack.objects.filter(pk=pack.pk).update(state="gone")


def person(customer_id: int, by: Actor, at: datetime) -> Counter[str]:
    """Replace everything personal of a customer. Rows of provider files stay until the books may go."""
    found = Counter[str]()
    customer = Customer.objects.select_for_update().get(pk=customer_id)
    before = customer.name
    for word, count in forget_person(customer_id, at):  # first, while their numbers are known still
        found[word] += count
    found += _cases_of(("customer", customer_id), by, at)
    found["phones"] = customer.phones.all().delete()[0]
    found["identity numbers"] = customer.identities.all().delete()[0]
    found["payer links"] = PayerLink.objects.filter(contract__customer=customer).delete()[0]
    payments = Payment.objects.filter(customer=customer)
    payments.filter(rule__in=BY_PHONE).update(matched_key="")
    lines = payments.values("statement_line")
    found["receipts by hand"] = HandReceipt.objects.filter(line__in=lines).update(
        msisdn="", payer_name="", note=""
    )
    asked = ReversalRequest.objects.filter(payment__in=payments)
    found["reversal requests"] = asked.update(note="", answer_note="", outcome_note="")
    contested = Dispute.objects.filter(payment__in=payments)
    Evidence.objects.filter(dispute__in=contested).exclude(absent_because="").update(absent_because=ERASED)
    found["disputes"] = contested.update(note="", answer_note="", outcome_note="")
    refunds = Refund.objects.filter(customer=customer) | Refund.objects.filter(payment__in=payments)
    numbers = list(refunds.values_list("pk", flat=True))
    found["refunds"] = Refund.objects.filter(pk__in=numbers).update(
        payee_name=ERASED_PERSON, payee_account="", note="", reasons=[]
    )
    ids = list(payments.values_list("pk", flat=True))
    for kind, which in (("refund", numbers), ("payment", ids)):
        found += _decided_and_noted(kind, which, at)
    found += _wishes_and_holds("customer", customer_id, Q(customer=customer), by, at)
    customer.name, customer.external_ref = ERASED_PERSON, f"erased-{customer_id}"
    customer.version += 1
    customer.save(update_fields=["name", "external_ref", "version"])
    found["names"] = 1
    forget_name(before)
    return found


def seller(party_id: int, by: Actor, at: datetime) -> Counter[str]:
    """Replace everything personal of somebody who sells and is no customer; what the books need stays.

    Their orders, withdrawals and attempts keep number, amount and state; the platform's number of them stays,
    as what it tells later is still theirs.
    """
    found = Counter[str]()
    Party.objects.select_for_update().get(pk=party_id)
    found += _cases_of(("seller", party_id), by, at)  # first: they are found by what is linked
    for kind, model in THINGS:
        theirs = model._default_manager.filter(party_id=party_id).values_list("pk", flat=True)
        found += _decided_and_noted(kind, list(theirs), at)
    found += Counter(forget_sellers([party_id], by=by, at=at))
    found += _wishes_and_holds("seller", party_id, Q(party_id=party_id), by, at)
    ended = Enforcement.objects.filter(party_kind="merchant", party_id=party_id)
    ended.exclude(state="active").update(note=ERASED, lift_reason="", appeal_note="")
    found["names"] = found.pop("sellers", 0)
    return found


def _cases_of(subject: Subject, by: Actor, at: datetime) -> Counter[str]:
    """Words and files of their cases, and mail of theirs that led to none."""
    cases = list(cases_of(subject).order_by("pk").values_list("pk", flat=True))
    addresses = addresses_of(cases)
    found = words_of_cases(cases, by, at)
    found += files_of_cases(cases, by, at, "erasure")
    for market in Case.objects.filter(pk__in=cases).values_list("market", flat=True).distinct():
        for mail in mail_of_nobody(addresses, market):
            found["mails"] += one_mail(mail, by, at, "erasure")
    return found


def one_mail(mail: ReceivedMail, by: Actor, at: datetime, why: str) -> bool:
    """A mail that led to no case, who wrote it and about what; that there was one stays."""
    gone = documents.replace_content(
        mail.document_id, _TOMBSTONE, file_name="erased.txt", by=by, at=at, why=why
    )
    ReceivedMail.objects.filter(pk=mail.pk).update(told="", sender="", subject="")
    return gone


def _decided_and_noted(kind: str, numbers: Sequence[int], at: datetime) -> Counter[str]:
    """What was written when somebody decided on things, what was noted about them, what comes next."""
    decided = Approval.objects.filter(subject_kind=kind, subject_id__in=numbers).exclude(state="pending")
    approvals = decided.update(note="", decision_note="", reasons=[], payload={"erased": True})
    _next_steps(kind, numbers)
    return Counter({"approvals": approvals, "notes": _notes(kind, numbers, at)})


def _wishes_and_holds(kind: str, number: int, whose: Q, by: Actor, at: datetime) -> Counter[str]:
    """What was written about themselves: decisions, notes, measures that ended, wishes, holds, packs."""
    found = _decided_and_noted(kind, [number], at)
    ended = Enforcement.objects.filter(party_kind=kind, party_id=number)
    ended.exclude(state="active").update(note=ERASED, lift_reason="", appeal_note="")
    Erasure.objects.filter(whose).update(reason=ERASED)
    LegalHold.objects.filter(whose, lifted_at__isnull=False).update(reason=ERASED, lift_reason=ERASED)
    found["packs"] = packs([(kind, number)], by, at, "erasure")
    return found


def _next_steps(kind: str, numbers: Sequence[int]) -> None:
    of_these = Assignment.objects.filter(subject_kind=kind, subject_id__in=list(numbers))
    of_these.update(next_step="", next_step_on=None)


def _notes(kind: str, numbers: Sequence[int], at: datetime) -> int:
    notes = Note.objects.filter(subject_kind=kind, subject_id__in=list(numbers), erased_at=None)
    return notes.update(text="", erased_at=at)
