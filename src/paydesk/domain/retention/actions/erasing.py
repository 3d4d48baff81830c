"""Somebody is forgotten at their wish, by two people; and every night what is older than its time."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.db.models import Q, QuerySet

from paydesk.domain.cases.document_kinds import IDENTITY
from paydesk.domain.cases.models import Attachment, Case, Draft, ReceivedMail
from paydesk.domain.marketplace.queries import seller_for
from paydesk.domain.parties.queries import customer_for
from paydesk.domain.payments.models import Payment
from paydesk.domain.retention import forgetting, queries, rules
from paydesk.domain.retention.actions.holding import RetentionRefused
from paydesk.domain.retention.models import Erasure, Pack, RetentionRun
from paydesk.domain.retention.standing import Subject, addresses_of, why_not_erased
from paydesk.domain.retention.states import ERASURE
from paydesk.foundation.audit import steps as audit
from paydesk.foundation.audit.steps import fingerprint
from paydesk.foundation.documents.models import Document
from paydesk.foundation.documents.steps import replace_content
from paydesk.foundation.people.models import Market
from paydesk.kernel.actor import Actor

ERASE = "retention.erase"
NIGHTS_LOCK = 7_203_961
MOST_A_NIGHT = 2_000  # of each class and market; the rest goes the next night


@transaction.atomic(durable=True)
def ask_to_erase(subject: Subject, *, reason: str, by: Actor, now: datetime) -> Erasure:
    """Write down that a person wants to be forgotten: ("customer", id), or ("seller", id) who is none.

    Refused at once where something stands against it; DoesNotExist for another market.
    """
    kind, number = subject
    market = customer_for(by, number).market if kind == "customer" else seller_for(by, number).market
    by.needs_to_ask(ERASE, market=market)
    if len(reason.strip()) < 5:
        raise RetentionRefused("Say how they asked for it, and how we know that it is them.")
    _refuse(subject, now)
    try:
        with transaction.atomic():
            made = Erasure.objects.create(
                market=market, reason=reason.strip(), asked_by_id=by.id, asked_by=by.label, asked_at=now,
                **{"customer_id" if kind == "customer" else "party_id": number},
            )  # fmt: skip
    except IntegrityError:
        raise RetentionRefused("Somebody asked for this already; it waits for a second person.") from None
    audit.record("erasure.asked", subject=subject, by=by, at=now, market=market,
                 changes={"erasure_id": made.pk})  # fmt: skip
    return made


@transaction.atomic(durable=True)
def erase(erasure_id: int, *, by: Actor, now: datetime) -> Erasure:
    """The second person has them forgotten: it does not come back. Raises RetentionRefused.

    Names, phones, identity numbers, messages, files and notes are replaced. Postings, sums, dates, the audit
    trail and the rows of provider files stay; the trail has a salted hash of our number for them, and counts.
    """
    made = _locked(erasure_id, by)
    if by.id is not None and by.id == made.asked_by_id:
        raise RetentionRefused("You asked for it. Somebody else has it done.")
    made.state = ERASURE.after("erase", made.state)
    _refuse(made.subject, now)
    who = made.customer or made.party
    assert who is not None
    made.fingerprint = fingerprint(who.external_ref)
    if made.customer_id is not None:
        counts = forgetting.person(made.customer_id, by, now)
    else:
        counts = forgetting.seller(who.pk, by, now)
    made.refresh_from_db(fields=["reason"])
    made.counts = {name: count for name, count in sorted(counts.items()) if count}
    made.decided_by, made.decided_at = by.label, now
    made.save()
    audit.record(
        f"{made.subject[0]}.erased",
        subject=made.subject,
        by=by,
        at=now,
        market=made.market,
        changes={"erasure_id": made.pk, "counts": made.counts, "fingerprint": made.fingerprint},
    )
    return made


@transaction.atomic(durable=True)
def refuse_erasure(erasure_id: int, *, reason: str, by: Actor, now: datetime) -> Erasure:
    """They are not forgotten: the law wants it kept, or it was not them."""
    made = _locked(erasure_id, by)
    if len(reason.strip()) < 5:
        raise RetentionRefused("Say why, so that the person can be told.")
    made.state = ERASURE.after("refuse", made.state)
    made.reason = f"{made.reason}\nRefused: {reason.strip()}"
    made.decided_by, made.decided_at = by.label, now
    made.save()
    audit.record("erasure.refused", subject=made.subject, by=by, at=now, market=made.market,
                 changes={"erasure_id": made.pk})  # fmt: skip
    return made


def _locked(erasure_id: int, by: Actor) -> Erasure:
    found = Erasure.objects.select_for_update(of=("self",)).select_related("customer", "party")
    made = found.filter(pk=erasure_id).first()
    if made is None or not by.sees(made.market):
        raise RetentionRefused("There is no such wish in your markets.")
    by.needs(f"{ERASE}:check", market=made.market)
    return made


def _refuse(subject: Subject, now: datetime) -> None:
    if against := why_not_erased(subject, now.date()):
        raise RetentionRefused(" ".join(against), reasons=against)


@transaction.atomic(durable=True)
def apply_schedule(*, by: Actor, now: datetime) -> RetentionRun | None:
    """Erase what is older than its time, once a day, and write down that it ran; None where it did already.

    Up to MOST_A_NIGHT things of each class and market, oldest first. What a legal hold keeps is counted, and
    payments older than the books have to be kept, which only people let go.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NIGHTS_LOCK])
    last = RetentionRun.objects.order_by("-number").first()
    if last is not None and last.at.date() >= now.date():
        return None
    erased, held = Counter[str](), Counter[str]()
    plan: dict[str, dict[str, int]] = {}
    for market in Market.objects.order_by("code").values_list("pk", flat=True):
        kept = queries.schedule(market)
        plan[market] = {name: each.keep_days for name, each in kept.items()}
        before = {name: now - timedelta(days=each.keep_days) for name, each in kept.items()}
        _of_market(market, before, erased, held, by, now)
    working = now - timedelta(days=queries.schedule("")["working_papers"].keep_days)
    erased["working_papers"] += _working_papers(working, by, now)
    counts = {name: erased[name] for name in rules.ERASED_BY_NIGHT}
    passed = {name: count for name, count in sorted(held.items()) if count}
    number, previous = (last.number + 1, last.hash) if last else (1, "")
    at = now.isoformat()
    run = RetentionRun.objects.create(
        number=number, at=now, by=by.label, erased=counts, held=passed, schedule=plan,
        previous_hash=previous, hash=rules.run_hash(previous, number, at, counts, passed),
    )  # fmt: skip
    audit.record("retention.applied", subject=("retention_run", run.pk), by=by, at=now,
                 changes={"number": number, "erased": counts, "held": passed, "hash": run.hash})  # fmt: skip
    return run


def _of_market(
    market: str,
    before: dict[str, datetime],
    erased: Counter[str],
    held: Counter[str],
    by: Actor,
    now: datetime,
) -> None:
    keeps = queries.held_cases()
    drafts = Draft.objects.filter(case__market=market, at__lt=before["drafts"])
    kept_cases = Case.objects.filter(keeps).values("pk")
    erased["drafts"] += drafts.exclude(case__in=kept_cases).delete()[0]
    closed = Case.objects.filter(market=market, state="closed")
    words = closed.filter(closed_at__lt=before["case_text"]).exclude(subject=forgetting.ERASED)
    held["case_text"] += words.filter(keeps).count()
    ids = _oldest(words.exclude(keeps))
    forgetting.words_of_cases(ids, by, now)
    erased["case_text"] += len(ids)
    with_files = Attachment.objects.exclude(name="erased.txt").values("message__case")
    with_mail = ReceivedMail.objects.filter(case__isnull=False).exclude(told="").values("case")
    to_go = Q(pk__in=with_files) | Q(pk__in=with_mail)
    files = closed.filter(to_go, closed_at__lt=before["case_files"])
    held["case_files"] += files.filter(keeps).count()
    ids = _oldest(files.exclude(keeps))
    erased["case_files"] += forgetting.files_of_cases(ids, by, now, "retention")["files"]
    _identity_files(market, before["identity_files"], erased, held, by, now)
    _mail_left(market, before["mail_left"], erased, held, by, now)
    packs = Pack.objects.filter(market=market, state="made", made_at__lt=before["packs"]).order_by("id")
    for pack in packs[:MOST_A_NIGHT]:
        forgetting.one_pack(pack, by, now, "retention")
        erased["packs"] += 1
    year = before["books"].date().replace(month=1, day=1)
    held["books"] += Payment.objects.filter(market=market, value_on__lt=year).count()


def _identity_files(
    market: str, before: datetime, erased: Counter[str], held: Counter[str], by: Actor, now: datetime
) -> None:
    """Files that a person said are identity documents: they go before the other files of their case."""
    old = Case.objects.filter(market=market, state="closed", closed_at__lt=before)
    theirs = Attachment.objects.filter(document_kind=IDENTITY, message__case__in=old).exclude(sha256="")
    kept = Case.objects.filter(queries.held_cases()).values("pk")
    held["identity_files"] += theirs.filter(message__case__in=kept).count()
    going = theirs.exclude(message__case__in=kept).select_related("message").order_by("pk")[:MOST_A_NIGHT]
    erased["identity_files"] += forgetting.single_files(going, by, now, "retention")


def _mail_left(
    market: str, before: datetime, erased: Counter[str], held: Counter[str], by: Actor, now: datetime
) -> None:
    """Mail that led to no case; what somebody whom a legal hold is on wrote stays."""
    kept = addresses_of(Case.objects.filter(queries.held_cases(), market=market).values_list("pk", flat=True))
    old = ReceivedMail.objects.filter(case=None, mailbox__market=market, received_at__lt=before)
    old = old.exclude(told="").exclude(state="kept")
    held["mail_left"] += old.filter(sender__in=kept).count()
    for mail in old.exclude(sender__in=kept).order_by("pk")[:MOST_A_NIGHT]:
        forgetting.one_mail(mail, by, now, "retention")
        erased["mail_left"] += 1


def _oldest(found: QuerySet[Case]) -> list[int]:
    return list(found.order_by("closed_at", "id").values_list("pk", flat=True)[:MOST_A_NIGHT])


def _working_papers(before: datetime, by: Actor, now: datetime) -> int:
    packed = Pack.objects.filter(document_id__isnull=False).values("document_id")
    papers = Document.objects.filter(retention="working", uploaded_at__lt=before)
    number = 0
    for document in (
        papers.exclude(pk__in=packed).exclude(file_name="erased.txt").order_by("pk")[:MOST_A_NIGHT]
    ):
        number += replace_content(
            document.pk, b"Erased by the desk's schedule of retention.\n", file_name="erased.txt", by=by,
            at=now, why="retention",
        )  # fmt: skip
    return number
