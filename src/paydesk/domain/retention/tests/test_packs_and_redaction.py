"""A pack proves itself and is the same twice; what is redacted is gone from every copy, by two people."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.test import TestCase

from paydesk.domain.cases import actions as cases
from paydesk.domain.cases.models import Attachment, Case, Mailbox, Message, ReceivedMail
from paydesk.domain.goodwill import actions as goodwill
from paydesk.domain.quality.csat_models import CsatAnswer, Invitation
from paydesk.domain.retention import actions
from paydesk.domain.retention.actions.packing import PackRefused
from paydesk.domain.retention.actions.redacting import GONE, RedactionRefused, take_out
from paydesk.domain.retention.collecting import of_case
from paydesk.domain.retention.models import Pack, Redaction
from paydesk.domain.retention.pack_files import content_of
from paydesk.domain.risk import actions as risk
from paydesk.domain.triage.queries import text_of_case
from paydesk.foundation.assignments.models import Note
from paydesk.foundation.audit.models import AuditRecord
from paydesk.foundation.documents.blobs import path_of
from paydesk.foundation.documents.models import StoredContent
from paydesk.foundation.documents.queries import open_document
from paydesk.foundation.people import restricted
from paydesk.foundation.people.restricted import RestrictedRefused
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.kernel.refused import NotAllowedRefused
from tests.browser.people import make_person
from tests.builders import NOON, WORKER, make_contract, make_source_account, receive, row

SECRET = "my mother is Efua Owusu"


def mail() -> bytes:
    message = EmailMessage()
    message["From"], message["To"] = "Ama <ama@mail.example>", "help@desk.example"
    message["Subject"], message["Message-ID"] = "It was not me", "<1@mail.example>"
    message.set_content(f"Look at TXAB12345. Also, {SECRET}.")
    message.add_attachment(b"a photo of a letter", maintype="image", subtype="png", filename="letter.png")
    return bytes(message)


def machine_mail(number: int, sender: str) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Auto-Submitted"] = sender, "help@desk.example", "auto-replied"
    message["Subject"], message["Message-ID"] = "Away", f"<{number}@mail.example>"
    message.set_content("I am away")
    return bytes(message)


@pytest.mark.usefixtures("_documents_in_a_folder_of_the_test")
class WithAMail(TestCase):
    def setUp(self) -> None:
        self.people = {name: make_person(f"{name} Person", name[:2], markets="GH") for name in
                       ("SU", "TL", "RK", "RK2")}  # fmt: skip
        self.by: dict[str, Actor] = {name: person.actor() for name, person in self.people.items()}
        contract = make_contract(customer_name="Ama Mensah")
        (self.payment,) = receive(
            make_source_account(),
            row(1, "60.00", reference=contract.account_number, provider_ref="TXAB12345"),
        )
        box = Mailbox.objects.create(
            address="help@desk.example", name="Help", market="GH", imap={}, imap_secret="", smtp={},
            smtp_secret="", added_by="system:tests", added_at=NOON, acknowledges=False,
        )  # fmt: skip
        kept = cases.keep_mail(box, mail(), received_at=NOON, by=WORKER, now=NOON)
        cases.take_in(kept.pk, by=WORKER, now=NOON)
        self.case = Case.objects.get()
        link = self.case.links.get(kind="payment")
        cases.confirm_link(link.pk, by=self.by["SU"], now=NOON)

    def pack(self, name: str = "RK", kind: str = "evidence") -> Pack:
        about = ("case", self.case.pk)
        return actions.ask_for_pack(kind, about, reason="For the police", by=self.by[name], now=NOON)

    def opened(self, pack: Pack) -> zipfile.ZipFile:
        assert pack.document_id is not None
        with open_document(pack.document_id).file as file:
            return zipfile.ZipFile(io.BytesIO(file.read()))

    def test_a_pack_holds_it_all_and_its_hashes_are_right(self) -> None:
        pack = self.pack()
        inside = self.opened(pack)
        names = set(inside.namelist())
        wanted = {
            "messages.json", "postings.json", "audit-trail.json", "clocks.json", "summary.html",
            "payment-rows-as-stated.json", "attachments/001-letter.png", "mail/001.eml",
        }  # fmt: skip
        assert wanted <= names
        manifest = json.loads(inside.read("manifest.json"))
        assert all(
            hashlib.sha256(inside.read(each["name"])).hexdigest() == each["sha256"]
            for each in manifest["files"]
        )
        assert hashlib.sha256(inside.read("SHA256SUMS")).hexdigest() == pack.over_all
        postings = json.loads(inside.read("postings.json"))
        assert postings[0]["postings"][0]["account"] == "1020"
        summary = inside.read("summary.html").decode()
        assert SECRET in summary
        assert "2010 " in summary
        assert manifest["missing"] == ["Which customer it is"], "what is missing is said"

    def test_a_pack_holds_what_was_asked_aside_merged_into_it_and_given(self) -> None:
        by, case = self.by["SU"], self.case
        cases.sort_case(case.pk, customer_id=self.payment.customer_id, party_role="customer", by=by, now=NOON)
        cases.verify(case.pk, strong_way="callback", by=by, now=NOON)
        goodwill.give_goodwill(
            case.pk, amount=Money(500, "GHS"), reason="late", note="We were late.", contract_id=None, by=by,
            now=NOON,
        )  # fmt: skip
        asked = "Is the row in the bank?"
        cases.open_side(case.pk, with_whom="finance", subject="Is it in?", text=asked, by=by, now=NOON)
        more = self.opened_by_them("And my phone is locked.")
        cases.sort_case(more.pk, customer_id=self.payment.customer_id, contact=case.contact, by=by, now=NOON)
        cases.merge(more.pk, into=case.pk, by=by, now=NOON)
        inside = self.opened(self.pack())
        summary = inside.read("summary.html").decode()
        assert asked in summary
        assert "And my phone is locked." in summary
        assert "goodwill.given" in {each["kind"] for each in json.loads(inside.read("postings.json"))}
        assert [each["note"] for each in json.loads(inside.read("goodwill.json"))] == ["We were late."]

    def test_a_pack_of_what_was_split_off_holds_the_words_it_began_with_and_their_files(self) -> None:
        (said,) = self.case.messages.filter(direction="in")
        child = cases.split(
            self.case.pk, messages={said.pk: "along"}, links={}, subject="The wallet", sent_key="s",
            version=Case.objects.get(pk=self.case.pk).version, by=self.by["SU"], now=NOON,
        )  # fmt: skip
        assert said.text in text_of_case(child)
        found = of_case(child)
        assert [each["id"] for each in json.loads(found.files["messages.json"])] == [said.pk]
        assert [each["name"] for each in json.loads(found.files["attachments.json"])] == ["letter.png"]

    def opened_by_them(self, text: str) -> Case:
        return cases.open_case(
            market="GH", channel="email", contact="ama@mail.example", text=text, by=WORKER, now=NOON
        )

    def test_of_a_restricted_case_beside_it_a_pack_tells_nothing(self) -> None:
        beside = self.opened_by_them("One of yours took it.")
        cases.link(self.case.pk, kind="case", object_id=beside.pk, by=self.by["SU"], now=NOON)
        feared = "Somebody of ours is feared to be in it."
        risk.escalate(
            ("case", beside.pk), market="GH", kind="risk", severity="high", is_restricted=True,
            reason=feared, owner_id=self.people["RK2"].pk, by=self.by["SU"], now=NOON,
        )  # fmt: skip
        inside = self.opened(self.pack())
        everything = b"".join(inside.read(name) for name in inside.namelist()).decode(errors="replace")
        assert feared not in everything
        assert "escalation.raised" not in everything
        assert "escalations.json" not in inside.namelist()

    def test_nor_where_something_else_that_is_restricted_has_the_number_of_the_case(self) -> None:
        beside = self.opened_by_them("One of yours took it.")
        cases.link(self.case.pk, kind="case", object_id=beside.pk, by=self.by["SU"], now=NOON)
        restricted.begin(
            ("case", beside.pk), market="GH", along=[("escalation", self.case.pk)],
            named=[self.people["RK2"].pk], by=WORKER, at=NOON,
        )  # fmt: skip
        assert ("case", beside.pk) not in of_case(self.case).things
        cases.merge(beside.pk, into=self.case.pk, by=WORKER, now=NOON)
        assert "One of yours" not in str(of_case(self.case).files)

    def test_a_pack_lists_the_documents_with_what_they_are_until_when_and_their_hash(self) -> None:
        file = Attachment.objects.get()
        end = NOON.date() + timedelta(days=365)
        cases.say_kind(file.pk, kind="identity", expires_on=end, by=self.by["SU"], now=NOON)
        summary = self.opened(self.pack()).read("summary.html").decode()
        row = summary[summary.index("attachments/001-letter.png") :].split("</tr>")[0]
        for told in ("Identity document", end.isoformat(), file.sha256, self.by["SU"].label):
            assert told in row

    def test_the_same_things_give_the_same_bytes(self) -> None:
        pack = self.pack()
        assert content_of(pack) == content_of(pack)

    def test_handing_out_is_in_the_trail_and_restricted_only_for_the_named(self) -> None:
        with pytest.raises(NotAllowedRefused):
            self.pack("SU")
        with pytest.raises(PackRefused, match="made of"):
            self.pack("RK", "person")
        pack = self.pack("TL")
        actions.hand_out(pack.pk, by=self.by["TL"], now=NOON)
        assert AuditRecord.objects.filter(verb="pack.handed_out").count() == 1
        risk.escalate(
            ("case", self.case.pk), market="GH", kind="risk", severity="high", is_restricted=True,
            reason="Somebody of ours is in it.", owner_id=self.people["RK"].pk, by=self.by["SU"], now=NOON,
        )  # fmt: skip
        with pytest.raises(RestrictedRefused):
            actions.hand_out(pack.pk, by=self.by["TL"], now=NOON)
        with pytest.raises(RestrictedRefused):
            self.pack("RK2")
        assert actions.hand_out(pack.pk, by=self.by["RK"], now=NOON)

    def test_words_go_from_every_copy_once_a_second_person_agrees(self) -> None:
        message = Message.objects.get(direction="in")
        raw = ReceivedMail.objects.get()
        made = actions.redact_words(
            message.pk, words=SECRET, reason="A third person", by=self.by["SU"], now=NOON
        )
        assert SECRET in Message.objects.get(pk=message.pk).text, "it waits for a second person"
        with pytest.raises(NotAllowedRefused):
            actions.confirm_redaction(made.pk, by=self.by["SU"], now=NOON)
        before = {each.sha256 for each in StoredContent.objects.all()}
        with self.captureOnCommitCallbacks(execute=True):
            made = actions.confirm_redaction(made.pk, by=self.by["TL"], now=NOON)
        assert (made.state, made.words, made.places) == ("redacted", "", 2)
        with open_document(raw.document_id).file as file:
            assert SECRET.encode() not in file.read()
        (gone,) = before - {each.sha256 for each in StoredContent.objects.all()}
        assert not path_of(gone).exists(), "the bytes are gone as well"
        told = str(list(AuditRecord.objects.values("changes", "note")))
        assert SECRET not in told
        assert made.fingerprint in told
        assert SECRET not in "".join(
            Message.objects.get(pk=message.pk).__dict__[c] for c in ("text", "full_text")
        )

    def test_words_go_from_own_fields_as_well_and_a_field_that_is_no_text_is_empty_then(self) -> None:
        admin = make_person("AD Person", "AD").actor()
        for label, type in (("Story", "text"), ("Their phone", "phone"), ("Fee", "amount")):
            cases.save_field("", label=label, type=type, by=admin, now=NOON)
        said = {"story": "He is 233244123456, a tailor", "their_phone": "0244123456", "fee": "2.00"}
        cases.fill_fields(self.case.pk, values=said, by=self.by["SU"], now=NOON)
        note = Message.objects.get(case=self.case, direction="note")
        made = actions.redact_words(
            note.pk, words="233244123456", reason="A third person", by=self.by["SU"], now=NOON
        )
        actions.confirm_redaction(made.pk, by=self.by["TL"], now=NOON)
        self.case.refresh_from_db()
        assert self.case.field_values == {
            "story": "He is [redacted], a tailor", "fee": {"minor": 200, "currency": "GHS"},
        }  # fmt: skip
        note.refresh_from_db()
        assert "Story: — → He is [redacted], a tailor" in note.text

    def test_words_go_from_what_was_asked_aside_promised_drafted_and_named_as_well(self) -> None:
        by, case = self.by["SU"], self.case
        aside = f"Is it so that {SECRET}?"
        side = cases.open_side(case.pk, with_whom="finance", subject=aside, text=aside, by=by, now=NOON)
        cases.make_commitment(
            case.pk, text=f"Look whether {SECRET}", due_at=NOON + timedelta(hours=2), by=by, now=NOON
        )
        drafted = {"text": f"You say {SECRET}", "is_note": False, "seen_facts": [("case.said", SECRET)]}
        cases.save_draft(case.pk, **drafted, seen_at=NOON, by=by, now=NOON)
        cases.attach_file(case.pk, io.BytesIO(b"x"), filename=f"{SECRET}.txt", by=by, now=NOON)
        Case.objects.filter(pk=case.pk).update(contact_name=SECRET)
        taken = take_out(case.pk, SECRET, by, NOON)
        side.refresh_from_db()
        left = [
            side.subject, side.messages.get().text, case.commitments.get().text, case.drafts.get().text,
            str(case.drafts.get().facts), case.waiting_files.get().name,
            Case.objects.get(pk=case.pk).contact_name,
        ]  # fmt: skip
        assert taken == 8
        assert all(GONE in each for each in left), left
        assert SECRET not in str(left)

    def test_notes_and_what_they_said_of_us_go_whole_and_reasons_of_risk_lose_the_words(self) -> None:
        by, case = self.by["SU"], self.case
        about = {"subject_kind": "case", "subject_id": case.pk, "market": "GH", "author": self.people["SU"]}
        note = Note.objects.create(**about, at=NOON, text=f"They say {SECRET}")
        other = Note.objects.create(**about, at=NOON, text="Looked")
        asked = Invitation.objects.create(
            case=case, market="GH", resolved_at=NOON, made_at=NOON, expires_at=NOON + timedelta(days=3)
        )
        said = CsatAnswer.objects.create(invitation=asked, score=4, comment=f"Well, {SECRET}", at=NOON)
        raised = risk.escalate(
            ("case", case.pk), market="GH", kind="risk", severity="high", reason=f"They wrote {SECRET}.",
            owner_id=self.people["RK"].pk, by=by, now=NOON,
        )  # fmt: skip
        take_out(case.pk, SECRET, by, NOON)
        for each in (note, other, said, raised):
            each.refresh_from_db()
        assert (note.text, note.erased_at, other.text) == ("", NOON, "Looked")
        assert (said.comment, said.score) == ("", 4)
        assert raised.reason == f"They wrote {GONE}."

    def test_card_data_goes_at_once_also_from_a_closed_case(self) -> None:
        number = "4111 1111 1111 1111"
        message = Message.objects.get(direction="in")
        Message.objects.filter(pk=message.pk).update(text=f"card {number} please")
        Case.objects.update(state="closed", resolved_at=NOON, closed_at=NOON)
        made = actions.redact_words(message.pk, words=number, reason="Card data", by=self.by["SU"], now=NOON)
        assert (made.state, made.is_card) == ("redacted", True)
        assert Message.objects.get(pk=message.pk).text == "card [redacted] please"

    def test_a_file_goes_with_the_mail_it_came_in(self) -> None:
        file = Attachment.objects.get()
        made = actions.redact_file(file.pk, reason="An identity card", by=self.by["SU"], now=NOON)
        actions.confirm_redaction(made.pk, by=self.by["RK"], now=NOON)
        for number in (file.document_id, ReceivedMail.objects.get().document_id):
            with open_document(number).file as stream:
                assert stream.read() == b"[redacted]"

    def test_what_is_refused_changes_nothing(self) -> None:
        message = Message.objects.get(direction="in")
        for words, reason, text in (
            ("no", "A reason", "at least"),
            ("not in it at all", "A reason", "do not stand"),
            (SECRET, "", "Say why"),
            (SECRET, f"because {SECRET}", "repeats"),
        ):
            with pytest.raises(RedactionRefused, match=text):
                actions.redact_words(message.pk, words=words, reason=reason, by=self.by["SU"], now=NOON)
        assert not Redaction.objects.exists()

    def test_mail_that_led_to_no_case_goes_after_its_time_but_what_a_hold_keeps(self) -> None:
        away = [machine_mail(n, sender) for n, sender in ((2, "eve@mail.example"), (3, "ama@mail.example"))]
        box = Mailbox.objects.get()
        gone, kept = (cases.keep_mail(box, raw, received_at=NOON, by=WORKER, now=NOON) for raw in away)
        cases.take_in_all(by=WORKER, now=NOON)
        case = Case.objects.get()
        actions.place_hold(("case", case.pk), reason="Asked for by the court.", by=self.by["RK"], now=NOON)
        run = actions.apply_schedule(by=WORKER, now=NOON + timedelta(days=91))
        assert run is not None
        assert (run.erased["mail_left"], run.held["mail_left"]) == (1, 1)
        gone.refresh_from_db()
        kept.refresh_from_db()
        assert (gone.sender, gone.subject, gone.told, kept.sender) == ("", "", "", "ama@mail.example")
        with open_document(gone.document_id).file as stream:
            assert b"I am away" not in stream.read()

    def test_a_mail_goes_with_the_files_of_its_case_also_where_nothing_was_attached(self) -> None:
        Attachment.objects.all().delete()
        Case.objects.update(state="closed", resolved_at=NOON, closed_at=NOON)
        actions.apply_schedule(by=WORKER, now=NOON + timedelta(days=8 * 365))
        with open_document(ReceivedMail.objects.get().document_id).file as stream:
            assert SECRET.encode() not in stream.read()


class IdentityDocuments(WithAMail):
    def test_the_night_takes_an_identity_document_and_its_mail_before_the_other_files(self) -> None:
        file = Attachment.objects.get()
        end = NOON.date() + timedelta(days=3650)
        cases.say_kind(file.pk, kind="identity", expires_on=end, by=self.by["SU"], now=NOON)
        letter = Attachment.objects.create(
            message=file.message, document_id=file.document_id, name="other.txt", content_type="text/plain",
            size_bytes=1, sha256="a" * 64,
        )  # fmt: skip
        Case.objects.update(state="closed", resolved_at=NOON, closed_at=NOON)
        raw = ReceivedMail.objects.get()
        actions.apply_schedule(by=WORKER, now=NOON + timedelta(days=700))
        file.refresh_from_db()
        assert file.sha256
        run = actions.apply_schedule(by=WORKER, now=NOON + timedelta(days=732))
        assert run is not None
        assert (run.erased["identity_files"], run.erased["case_files"]) == (1, 0)
        file.refresh_from_db()
        letter.refresh_from_db()
        assert (file.name, file.sha256, file.expires_on) == ("erased.txt", "", None)
        assert file.document_kind == "identity", "that there was one stays"
        assert letter.name == "other.txt"
        for number in (file.document_id, raw.document_id):
            with open_document(number).file as stream:
                assert stream.read().startswith(b"Erased")
        assert SECRET in Message.objects.get(case=self.case, direction="in").text

    def test_a_legal_hold_keeps_it_and_is_counted(self) -> None:
        cases.say_kind(
            Attachment.objects.get().pk, kind="identity", bears_no_end=True, by=self.by["SU"], now=NOON
        )
        actions.place_hold(("case", self.case.pk), reason="The police asked.", by=self.by["RK"], now=NOON)
        Case.objects.update(state="closed", resolved_at=NOON, closed_at=NOON)
        run = actions.apply_schedule(by=WORKER, now=NOON + timedelta(days=732))
        assert run is not None
        assert (run.erased["identity_files"], run.held["identity_files"]) == (0, 1)
        assert Attachment.objects.get().sha256
