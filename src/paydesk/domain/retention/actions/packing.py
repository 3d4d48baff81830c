"""Packs that prove a case or a payment, and what we keep of a person: made and handed out, with a reason."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

from django.db import transaction

from paydesk.domain.cases.queries import case_for
from paydesk.domain.marketplace.queries import seller_for
from paydesk.domain.parties.queries import customer_for
from paydesk.domain.payments.queries import payment_for
from paydesk.domain.retention import collecting, pack_files
from paydesk.domain.retention.models import Pack
from paydesk.domain.retention.rules import PACKS
from paydesk.domain.retention.states import PACK
from paydesk.domain.risk.queries import missing_of
from paydesk.foundation.audit import steps as audit
from paydesk.foundation.documents import blobs
from paydesk.foundation.documents import steps as documents
from paydesk.foundation.outbox.steps import put
from paydesk.foundation.people.restricted import refuse_if_restricted
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import Refused

EVENT = "pack.asked"
RIGHTS = {"evidence": "risk.evidence_pack", "person": "retention.export_person"}
SUBJECTS = {"evidence": ("case", "payment"), "person": ("customer", "seller")}
AT_ONCE_BYTES = 5_000_000  # what is larger is made by the worker


class PackRefused(Refused):
    """This pack cannot be made or handed out."""

    code = "pack.refused"


def ask_for_pack(kind: str, subject: tuple[str, int], *, reason: str, by: Actor, now: datetime) -> Pack:
    """Have a pack put together: a small one at once, a large one by the worker. The reason is kept.

    Raises PackRefused, NotAllowedRefused, RestrictedRefused, and DoesNotExist for another market.
    """
    with transaction.atomic(durable=True):
        pack = _asked(kind, subject, reason, by, now)
        is_large = (
            subject[0] == "case"
            and collecting.document_bytes([subject[1]]) > AT_ONCE_BYTES
            or kind == "person"
        )
        if is_large:
            put(EVENT, {"pack_id": pack.pk})
    return pack if is_large else make_pack(pack.pk, by=by, now=now)


def _asked(kind: str, subject: tuple[str, int], reason: str, by: Actor, now: datetime) -> Pack:
    if kind not in PACKS or subject[0] not in SUBJECTS[kind]:
        raise PackRefused("A pack is made of a case, a payment, a customer or a seller.")
    find = {"case": case_for, "payment": payment_for, "customer": customer_for, "seller": seller_for}
    thing: Any = find[subject[0]](by, subject[1])
    by.needs(RIGHTS[kind], market=thing.market)
    if len(reason.strip()) < 5:
        raise PackRefused("Say who needs it and what for: the pack holds what was said to us in confidence.")
    pack = Pack.objects.create(
        market=thing.market, kind=kind, subject_kind=subject[0], subject_id=subject[1],
        reason=reason.strip(), asked_by_id=by.id, asked_by=by.label, asked_at=now,
        missing=missing_of("risk", subject, now.date()) if kind == "evidence" else [],
    )  # fmt: skip
    _record("pack.asked", pack, by, now, kind=kind, about=list(subject))
    return pack


def make_pack(pack_id: int, *, by: Actor, now: datetime) -> Pack:
    """Put the pack together and keep it; asked again for one that is made, nothing happens."""
    pack = Pack.objects.get(pk=pack_id)
    if pack.state != PACK.start:
        return pack
    data, over_all = pack_files.content_of(pack)
    kept = blobs.keep(io.BytesIO(data))
    with transaction.atomic(durable=True):
        pack = Pack.objects.select_for_update().get(pk=pack_id)
        if pack.state != PACK.start:
            return pack
        document = documents.record_upload(
            kept, filename=pack_files.file_name(pack), by=by, now=now, retention="working", market=pack.market
        )
        pack.state, pack.document_id = PACK.after("make", pack.state), document.pk
        pack.over_all, pack.made_at = over_all, now
        pack.save()
        _record("pack.made", pack, by, now, sha256_over_all=over_all, document_id=document.pk)
    return pack


@transaction.atomic(durable=True)
def hand_out(pack_id: int, *, by: Actor, now: datetime) -> int:
    """The document of a pack, for somebody who may have it; each time is in the trail. Raises PackRefused."""
    pack = Pack.objects.select_for_update().filter(pk=pack_id).first()
    if pack is None or not by.sees(pack.market):
        raise PackRefused("There is no such pack in your markets.")
    by.needs(RIGHTS[pack.kind], market=pack.market)
    refuse_if_restricted(by, pack.subject_kind, pack.subject_id)
    if pack.state != "made" or pack.document_id is None:
        raise PackRefused("This pack is not there (any more): ask for a new one.")
    _record("pack.handed_out", pack, by, now, sha256_over_all=pack.over_all)
    return pack.document_id


def _record(verb: str, pack: Pack, by: Actor, at: datetime, **changes: Any) -> None:
    audit.record(verb, subject=("pack", pack.pk), by=by, at=at, market=pack.market, changes=changes)
