"""The file of a pack: what it holds now, and under which name it is saved."""

from __future__ import annotations

from paydesk.domain.cases.models import Case
from paydesk.domain.parties.models import Customer, Party
from paydesk.domain.payments.models import Payment
from paydesk.domain.retention.collecting import code, of_case, of_payment, with_summary
from paydesk.domain.retention.collecting_people import of_person, of_seller
from paydesk.domain.retention.models import Pack
from paydesk.domain.retention.rules import PACKS
from paydesk.writers.evidence_pack import write_pack


def content_of(pack: Pack) -> tuple[bytes, str]:
    """(the ZIP, the hash over all) of what is there now; the same things give the same bytes."""
    whose = code(pack.subject_kind, pack.subject_id)
    if pack.subject_kind == "case":
        found = of_case(Case.objects.get(pk=pack.subject_id))
    elif pack.subject_kind == "payment":
        found = of_payment(Payment.objects.select_related("statement_line").get(pk=pack.subject_id))
    elif pack.subject_kind == "seller":
        found = of_seller(Party.objects.get(pk=pack.subject_id))
    else:
        found = of_person(Customer.objects.get(pk=pack.subject_id))
    lead = f"{PACKS[pack.kind]} of {whose}, market {pack.market}."
    if pack.missing:
        lead += f" Missing when it was made: {'; '.join(pack.missing)}."
    about = {"pack": PACKS[pack.kind], "of": whose, "market": pack.market, "missing": pack.missing}
    return write_pack(with_summary(found, f"{PACKS[pack.kind]}: {whose}", lead), about)


def file_name(pack: Pack) -> str:
    """The name under which a pack is saved."""
    return f"{pack.kind}-{code(pack.subject_kind, pack.subject_id)}-{pack.pk}.zip"
