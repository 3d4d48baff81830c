"""Somebody who sells and is no customer asks what we keep, and is forgotten: everywhere, but in the books."""

from __future__ import annotations

import io
import json
import zipfile
from email.message import EmailMessage

import pytest
from django.core import serializers
from django.db import InternalError, ProgrammingError, connection, transaction
from django.test import TestCase

from paydesk.domain.cases import actions as cases
from paydesk.domain.cases.models import Case, CaseLink, Mailbox, Message, ReceivedMail, SideMessage, SideTalk
from paydesk.domain.marketplace.actions import take_events, take_messages
from paydesk.domain.marketplace.event_file import read_event_file
from paydesk.domain.marketplace.models import LinkAttempt, MarketEvent, Withdrawal
from paydesk.domain.parties.models import NameWord, Party
from paydesk.domain.retention import actions
from paydesk.domain.retention.actions.holding import RetentionRefused
from paydesk.domain.retention.models import Erasure, LegalHold, Pack
from paydesk.domain.retention.pack_files import content_of
from paydesk.domain.retention.standing import why_not_erased
from paydesk.domain.triage.models import CategoryModel
from paydesk.foundation.audit.actions import seal
from paydesk.foundation.audit.models import AuditRecord
from paydesk.foundation.documents.models import StoredContent
from paydesk.foundation.documents.queries import open_document
from paydesk.foundation.documents.steps import store
from paydesk.foundation.inbox.models import Message as Kept
from paydesk.foundation.inbox.steps import keep
from paydesk.kernel.actor import Actor
from paydesk.reporting.invariants import check_all
from tests.browser.people import make_person
from tests.builders import NOON, WORKER, make_source_account

NAME, MAIL, OTHER = "Zzyxkwame Plays", "zzyxkwame@mail.example", "Nhyira Fabrics"
HEAD = (
    "event_id,event,at,seller_id,seller_kind,seller_name,currency,amount,order_id,withdrawal_id,method,"
    "reason_code,reason"
)
FILE = f"""{HEAD}
E1,order_paid,2026-02-01T10:00:00Z,S-1,creator,{NAME},GHS,60.00,O-901,,,,
E2,order_available,2026-02-02T10:00:00Z,S-1,creator,{NAME},GHS,60.00,O-901,,,,
E3,withdrawal_requested,2026-02-03T10:00:00Z,S-1,creator,{NAME},GHS,60.00,,W-901,bank,,
E4,link_attempt,2026-02-03T09:00:00Z,S-1,creator,{NAME},GHS,,,,bank,name,The wallet is of {NAME}
E5,link_attempt,2026-02-03T09:00:00Z,S-2,seller,{OTHER},GHS,,,,bank,name,The wallet is of {OTHER}
"""


def mail(number: int, **head: str) -> bytes:
    message = EmailMessage()
    message["From"], message["To"] = f"{NAME} <{MAIL}>", "help@desk.example"
    message["Subject"], message["Message-ID"] = "My payout W-901", f"<{number}@mail.example>"
    for name, value in head.items():
        message[name.replace("_", "-")] = value
    message.set_content(f"I am {NAME}: where is W-901?")
    return bytes(message)


@pytest.mark.usefixtures("_documents_in_a_folder_of_the_test")
class ForgettingSellers(TestCase):
    def setUp(self) -> None:
        self.by: dict[str, Actor] = {
            name: make_person(f"{name} Person", name[:2], markets="GH").actor()
            for name in ("SU", "RK", "RK2", "AD")
        }
        self.account = make_source_account(role="evidence")
        file = store(io.BytesIO(FILE.encode()), filename="events.csv", by=WORKER, now=NOON)
        found = read_event_file(io.BytesIO(FILE.encode()))
        take_events(self.account.pk, found.events, document_id=file.pk, by=WORKER, now=NOON)
        self.party = Party.objects.get(external_ref="S-1")
        self.who = ("seller", self.party.pk)
        box = Mailbox.objects.create(
            address="help@desk.example", name="Help", market="GH", imap={}, imap_secret="", smtp={},
            smtp_secret="", added_by="system:tests", added_at=NOON, acknowledges=False,
        )  # fmt: skip
        for raw in (mail(1), mail(2, Auto_Submitted="auto-replied")):
            cases.take_in(
                cases.keep_mail(box, raw, received_at=NOON, by=WORKER, now=NOON).pk, by=WORKER, now=NOON
            )
        self.case = Case.objects.get()
        link = CaseLink.objects.get(case=self.case, kind="withdrawal")
        cases.confirm_link(link.pk, by=self.by["SU"], now=NOON)
        cases.open_side(
            self.case.pk, with_whom="finance", subject=f"Payout of {NAME}", text=f"Is {NAME} paid?",
            address="", by=self.by["SU"], now=NOON,
        )  # fmt: skip

    def message(self, **fields: str) -> None:
        body = json.dumps({"seller_id": "S-1", "seller_name": NAME, "currency": "GHS", **fields}).encode()
        with transaction.atomic():
            keep("market_event", source=("source_account", self.account.pk), channel="event", market="GH",
                 body=body, headers={}, at=NOON)  # fmt: skip
        take_messages(by=WORKER, now=NOON)

    def closed(self) -> None:
        """Nothing of theirs is open any more."""
        self.message(event="withdrawal_paid", event_id="E6", at="2026-02-04T10:00:00Z", amount="60.00",
                     withdrawal_id="W-901")  # fmt: skip
        Case.objects.update(state="closed", resolved_at=NOON, closed_at=NOON, category="withdrawal.failed")

    def everything(self) -> str:
        rows = [
            serializers.serialize("json", model.objects.all())
            for model in (Case, Message, SideTalk, SideMessage, ReceivedMail, Party, Withdrawal, LinkAttempt,
                          MarketEvent, AuditRecord, NameWord, Erasure, LegalHold, Kept, CaseLink)
        ]  # fmt: skip
        rows += [bytes(each.body).decode() for each in Kept.objects.all()]
        documents = MarketEvent.objects.exclude(document_id=None).values_list("document_id", flat=True)
        kept = {*documents, *ReceivedMail.objects.values_list("document_id", flat=True)}
        rows += [open_document(number).file.read().decode() for number in sorted(kept)]
        return "\n".join(rows).casefold()

    def test_while_something_is_open_it_is_refused_and_a_hold_stops_it_as_well(self) -> None:
        told = " ".join(why_not_erased(self.who, NOON.date()))
        assert "Withdrawals of theirs are on their way: W-901." in told
        assert "Cases of theirs are open: CAS-" in told
        self.closed()
        assert why_not_erased(self.who, NOON.date()) == []
        # A message is erased as a whole by them and in no other way: the database sees to it.
        for change in ("body = 'x'", "body = '', headers = '{\"a\": 1}'", "body = '', market = 'KE'"):
            with (
                pytest.raises((InternalError, ProgrammingError), match="append-only"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(f"UPDATE inbox_message SET {change}")
        hold = actions.place_hold(self.who, reason="Asked for by the court.", by=self.by["RK"], now=NOON)
        with pytest.raises(RetentionRefused, match="legal hold"):
            actions.ask_to_erase(self.who, reason="By letter", by=self.by["SU"], now=NOON)
        Case.objects.update(closed_at=NOON.replace(year=2010))
        run = actions.apply_schedule(by=WORKER, now=NOON)
        assert run is not None
        assert (run.erased["case_text"], run.held["case_text"]) == (0, 1)
        actions.lift_hold(hold.pk, reason="Over now", by=self.by["RK2"], now=NOON)
        assert actions.ask_to_erase(self.who, reason="By letter", by=self.by["SU"], now=NOON).state == "asked"

    def test_by_two_people_every_word_of_them_goes_and_the_books_and_the_chain_stay(self) -> None:
        self.closed()
        arrays = store(io.BytesIO(b"zzyxkwame"), filename="m.zip", by=WORKER, now=NOON, retention="working")
        model = CategoryModel.objects.create(
            asked_by="x", asked_at=NOON, learnt_at=NOON, state="ready", document_id=arrays.pk
        )
        pack = actions.ask_for_pack("person", self.who, reason="They asked", by=self.by["RK"], now=NOON)
        data = content_of(Pack.objects.get(pk=pack.pk))[0]
        with zipfile.ZipFile(io.BytesIO(data)) as inside:
            told = {each.split("/")[-1]: inside.read(each).decode() for each in inside.namelist()}
        for name, words in (
            ("sellers.json", NAME), ("withdrawals.json", "W-901"), ("messages.json", "where is W-901"),
            ("orders.json", "O-901"), ("link-attempts.json", NAME), ("without-case-001.eml", NAME),
        ):  # fmt: skip
            assert words in told[name], name
        assert OTHER not in "".join(told.values())
        wish = actions.ask_to_erase(self.who, reason=f"{NAME} wrote", by=self.by["SU"], now=NOON)
        done = actions.erase(wish.pk, by=self.by["RK"], now=NOON)
        left = self.everything()
        assert "zzyxkwame" not in left
        assert OTHER.casefold() in left  # another seller of the same file is as they were
        assert done.counts["mails"] == done.counts["platform messages"] == done.counts["platform files"] == 1
        assert done.counts["category models"] == done.counts["questions aside"] == 1
        model.refresh_from_db()
        assert (model.state, model.document_id) == ("failed", None)
        assert CategoryModel.objects.filter(state="asked").count() == 1
        assert not StoredContent.objects.filter(sha256=arrays.sha256).exists()
        assert (self.party.external_ref, Withdrawal.objects.get().amount_minor) == ("S-1", 60_00)
        seal(NOON)
        assert [each for each in check_all(most_rows=5, own_snapshot=False) if each.rows] == []
