"""Paste: each thing gets its answer; one market never sees another's; nothing pasted stands in an address."""

import io

import python_calamine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from paydesk.domain.callbacks.models import PendingPayment
from paydesk.domain.statements.models import RejectedLine
from paydesk.web.payments.tests.desk import OnTheDesk, code
from tests.browser.people import make_market
from tests.builders import NOON, make_contract, make_file, make_source_account, receive, row
from tests.pages import without_secrets


class Paste(OnTheDesk):
    def paste(self, text: str, status: int = 200, client=None, **more: str):
        answer = (client or self.client).post("/find/paste", {"pasted": text, **more})
        assert answer.status_code == status, answer.status_code
        return answer

    def answers(self, text: str):
        return [(r.badge.word, r.answer.note) for r in self.paste(text).context["rows"]]

    def states(self, text: str):
        return [state for state, _ in self.answers(text)]

    def test_a_message_finds_its_payment_and_says_what_it_is_applied_to(self):
        payment = self.pay("50.00", reference="10482937", provider_ref="30123456789")
        page = self.paste(
            "Payment made for GHS 50.00 to BAOBAB PHONES.\n"
            "Reference: 10482937.\nTransaction ID: 30123456789. Fee 0"
        ).content.decode()
        for part in ("Message: 30123456789", "Applied in full", code(payment), "10482937", "Ama Mensah",
                     "The payer typed 10482937"):  # fmt: skip
            assert part in page, part

    def test_a_message_that_says_another_amount_or_whose_code_is_unknown(self):
        self.pay("45.00", reference="10482937", provider_ref="30123456789")
        message = "Payment made for GHS 50.00 to BAOBAB PHONES. Reference: 10482937. Transaction ID: {}."
        assert self.answers(message.format("30123456789")) == [
            ("applied in full", "The message says 50.00 GHS, the provider's row 45.00 GHS.")
        ]
        ((state, note),) = self.answers(message.format("30999999999"))
        assert state == "not found"
        assert note.startswith("No such code")
        assert "10482937" in note

    def test_every_state_by_its_code(self):
        self.pay("50.00", reference="10482937", provider_ref="APPLIED01")
        suspense = self.pay("20.00", line=2, reference="who", provider_ref="SUSPENSE1")
        receive(self.account, row(3, "9.00", kind="failed", status="failed", provider_ref="FAILED001"))
        PendingPayment.objects.create(
            source_account=self.account, ask_ref="PENDING01", currency="GHS", amount_minor=500, heard_at=NOON
        )
        RejectedLine.objects.create(
            file=make_file(self.account),
            line_no=7,
            reason="The date cannot be read.",
            raw='{"id": "REJECT001"}',
        )
        page = self.paste(
            "applied01\nSUSPENSE1\nFAILED001\nPENDING01\nREJECT001\nNOWHERE01\n" + code(suspense)
        )
        assert [r.badge.word for r in page.context["rows"]] == [
            "applied in full", "in suspense", "kept, no payment", "pending", "rejected row", "not found",
            "in suspense",
        ]  # fmt: skip
        assert page.content.decode().count("Apply…") == 2
        assert "The date cannot be read." in page.content.decode()

    def test_phones_names_and_account_numbers(self):
        self.pay("50.00", reference="10482937")
        self.pay("5.00", line=2, reference="x", msisdn="233209990001")
        assert self.states(
            "0244123456\nMensah Ama\n1048 2937\n0209990001\n0209990009\nNobody Atall\n???"
        ) == [
            "applied in full", "applied in full", "known", "in suspense", *["not found"] * 3,
        ]  # fmt: skip

    def test_several_of_one_name_are_counted_not_chosen(self):
        make_contract(account_number="7700001", customer_name="Ama Mensah")
        ((state, note),) = self.answers("ama mensah")
        assert (state, note) == ("known", "Several customers: open them in find.")

    def test_other_markets_are_not_found(self):
        make_market("KE")
        kenya = make_source_account(market="KE", currency="KES", time_zone="Africa/Nairobi")
        (theirs,) = receive(
            kenya, row(1, "10.00", provider_ref="KENYA0001", currency="KES", msisdn="254712345678")
        )
        assert self.states(f"KENYA0001\n{code(theirs)}\n+254712345678") == ["not found"] * 3

    def test_two_hundred_lines_take_as_many_queries_as_two(self):
        self.pay("50.00", reference="10482937", provider_ref="APPLIED01")
        self.pay("5.00", line=2, reference="x", provider_ref="SUSPENSE1")
        many = "\n".join(f"TX{n:06}\nName Nr{'x' * n}" for n in range(1, 98))
        with CaptureQueriesContext(connection) as few:
            self.paste("APPLIED01\nAma Mensah\nTX1234")
        with CaptureQueriesContext(connection) as lots:
            self.paste(f"APPLIED01\nAma Mensah\nSUSPENSE1\n{many}")
        assert len(lots) == len(few) < 33

    def test_more_than_two_hundred_are_refused(self):
        page = self.paste("\n".join(f"TX{n}" for n in range(201)), status=422).content.decode()
        assert "these are 201" in page

    def test_hostile_paste_is_text_and_stays_out_of_addresses(self):
        evil = "<script>alert(1)</script> 1\n=HYPERLINK(1)99\n%_%_%_%1\n'; DROP TABLE x; -- 1\nA\0B123"
        page = self.paste(evil)
        assert "<script>alert" not in page.content.decode()
        assert set(self.states(evil)) == {"not found"}
        assert page["Cache-Control"] == "no-store"
        assert self.client.get("/find/paste?pasted=APPLIED01").context["pasted"] == ""
        out = b"".join(self.paste(evil, export="csv").streaming_content).decode()
        assert "'=HYPERLINK" in out

    def test_it_leaves_as_csv_and_workbook(self):
        self.pay("50.00", reference="10482937", provider_ref="APPLIED01")
        text = b"".join(self.paste("APPLIED01\nnope99", export="csv").streaming_content).decode()
        assert "APPLIED01,transaction code,applied in full" in text
        content = io.BytesIO(b"".join(self.paste("APPLIED01", export="xlsx").streaming_content))
        _, cells = python_calamine.CalamineWorkbook.from_filelike(content).get_sheet_by_index(0).to_python()
        assert (cells[2], cells[4], cells[7]) == ("applied in full", "10482937", 50)

    def test_who_sees_no_names_sees_none_here(self):
        self.pay("50.00", reference="10482937", provider_ref="APPLIED01", msisdn="233244123456")
        auditor = self.signed_in("AU")
        page = without_secrets(self.paste("APPLIED01", client=auditor))
        assert "Mensah" not in page
        assert "4123456" not in page
        assert "10482937" in page
