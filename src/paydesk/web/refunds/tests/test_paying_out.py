"""From approved to paid or failed: payout files, their release, results, and what is done afterwards."""

from __future__ import annotations

import io
from datetime import timedelta

import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from paydesk.domain.providers.models import SourceAccount
from paydesk.domain.refunds.models import PayoutFile, PayoutProfile, Refund
from paydesk.domain.refunds.queries import code
from paydesk.domain.risk.actions import enforce
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.documents.models import Document
from paydesk.kernel.public_codes import code_of
from paydesk.reporting.invariants import check_all
from paydesk.web.refunds.tests.desk import HTMX, PHONE, OnTheRefundDesk
from tests.builders import ghs, make_source_account, receive_today, row
from tests.pages import without_secrets

RELEASE, RESULTS = reverse("refunds:release"), reverse("refunds:results")


class PayingOut(OnTheRefundDesk):
    def tearDown(self) -> None:
        assert [(f.sentence, f.rows) for f in check_all(most_rows=3, own_snapshot=False) if f.rows] == []

    def results(self, content: bytes, role: str = "AN", status: int = 200, name: str = "result.csv") -> str:
        answer = self.clients[role].post(RESULTS, {"file": SimpleUploadedFile(name, content)})
        assert answer.status_code == status, without_secrets(answer)[-1500:]
        return without_secrets(answer)

    def test_the_dialog_shows_what_the_account_holds_and_what_is_left(self):
        first, second = self.approved("50.00"), self.approved("20.00")
        assert f"id={code(first)}&amp;id={code(second)}" in self.get(
            "AN", reverse("refunds:list"), {"tab": "approved"}
        )
        page = self.get("AN", RELEASE, {"id": [code(first), code(second)]})
        for text in (
            "MoMo payouts: holds 120.00 GHS",
            "50.00",
            "Left afterwards",
            "Ask to release 70.00 GHS",
        ):
            assert text in page, text

    def test_what_does_not_go_out_together_says_why(self):
        refund = self.approved()
        self.in_file(refund)
        for ids, problem in (
            ([], "Choose at least one"),
            (["REF-nonsense"], "Choose at least one"),
            ([code(refund)], "is not free to go out: it is waits for release"),
        ):
            assert problem in self.get("AN", RELEASE, {"id": ids}), ids
        self.post("AN", RELEASE, {"id": [code(refund)]}, status=409)
        assert PayoutFile.objects.count() == 1

    def test_more_than_the_account_holds_is_blocked_with_the_figures(self):
        make_source_account(name="Empty till")
        refund = self.approved("100.00")
        empty = SourceAccount.objects.get(name="Empty till")
        said = {"id": [code(refund)], "account": str(empty.pk)}
        page = self.get("AN", RELEASE, said)
        assert "Empty till holds 0.00 GHS, the file needs 100.00 GHS" in page
        assert 'aria-disabled="true"' in page
        self.post("AN", RELEASE, said, status=409)
        assert PayoutFile.objects.count() == 0

    def test_the_document_is_there_once_it_is_released_and_only_for_who_releases(self):
        payout = self.in_file(self.approved())
        path = reverse("refunds:document", args=[self.file_code(payout)])
        page_path = reverse("refunds:file", args=[self.file_code(payout)])
        assert "The file is made when a second person has released it." in self.get("AN", page_path)
        self.get("AN", path, status=409)
        self.decided("payout_file", payout.pk, "FC")
        answer = self.clients["AN"].get(path)
        assert PHONE in b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Disposition"].startswith("attachment")
        for role in ("TL", "FC", "SU", "AU"):
            self.get(role, path, status=403)
        self.get("SU", page_path, status=403)
        assert "Payments analyst can." in self.get("TL", page_path)
        self.people["AN"].markets.clear()
        self.get("AN", path, status=404)

    def test_whoever_approved_a_refund_does_not_let_the_money_go(self):
        payout = self.in_file(self.approved())
        waits = Approval.objects.get(subject_kind="payout_file", subject_id=payout.pk)
        path = reverse("approvals:approve", args=[code_of("APR", waits.pk)])
        assert "Somebody else lets the money go" in self.get(
            "TL", reverse("approvals:page", args=[code_of("APR", waits.pk)])
        )
        self.post("TL", path, {"note": ""}, status=409)
        assert PayoutFile.objects.get().state == "asked"

    def test_what_risk_stops_is_in_no_file_and_a_file_that_has_it_is_not_taken_along(self):
        first, second, third = (self.approved(amount) for amount in ("30.00", "20.00", "10.00"))
        payout = self.released(first, second)
        enforce(
            market="GH", party_kind="customer", party=self.payment.customer_id, kind="limit",
            limit=ghs("15.00"), scope="money_out", reason="fraud_suspected", note="Two wallets.",
            expires_at=timezone.now() + timedelta(days=3), by=self.people["RK"].actor(), now=timezone.now(),
        )  # fmt: skip
        path, sent = (reverse(f"refunds:{name}", args=[self.file_code(payout)]) for name in ("file", "sent"))
        page = self.get("AN", path)
        assert f"{code(first)}</span> is stopped" in page
        assert "Risk stops a refund in it" in page
        document = self.get("AN", reverse("refunds:document", args=[self.file_code(payout)]), status=409)
        for stopped in (first, second):
            assert f"{code(stopped)} cannot go out: Customer under a limit of 15.00 GHS" in document
        assert "Two wallets" not in document
        dialog = self.get("AN", RELEASE, {"id": [code(third)]})
        assert "Ask to release 10.00 GHS" in dialog, "below the limit it goes"
        assert "have the provider stop it" in self.get("AN", sent)
        self.post("AN", sent, {"version": payout.version})
        assert self.now(first).state == "sent"
        assert self.now(first).reasons[0].startswith("It left although risk stops it.")

    def test_sent_twice_is_sent_once(self):
        payout = self.released(self.approved())
        path = reverse("refunds:sent", args=[self.file_code(payout)])
        assert f'name="version" value="{payout.version}"' in self.get("AN", path)
        self.post("AN", path, status=409)
        self.post("AN", path, {"version": payout.version})
        self.post("AN", path, {"version": payout.version})
        assert Refund.objects.get().tries == 1
        aside = reverse("refunds:put_aside", args=[self.file_code(payout)])
        self.post("AN", aside, {"note": "No", "version": payout.version}, status=409)

    def test_one_refund_is_taken_out_of_a_file(self):
        stays, goes = self.approved("50.00"), self.approved("20.00")
        payout = self.released(stays, goes)
        page = reverse("refunds:file", args=[self.file_code(payout)])
        assert self.get("AN", page).count("Take out…") == 2
        path = reverse("refunds:take_out", args=[self.file_code(payout), code(goes)])
        assert "50.00" in self.get("AN", path)
        said = {"note": "The wallet is closed", "version": payout.version}
        self.post("TL", path, said, status=403)
        self.post("AN", path, {**said, "note": ""}, status=422)
        self.post("AN", path, said)
        self.post("AN", path, said, status=409)
        text = self.get("AN", page)
        for shown in ("Took a refund out", "The wallet is closed", "1 refund ·", code(stays)):
            assert shown in text, shown
        assert self.now(goes).payout_file is None

    def test_put_aside_with_a_reason_frees_its_refunds(self):
        refund = self.approved()
        payout = self.released(refund)
        path = reverse("refunds:put_aside", args=[self.file_code(payout)])
        self.post("AN", path, {"note": " "}, status=422)
        self.post("AN", path, {"note": "The portal is down", "version": payout.version})
        assert self.now(refund).payout_file is None
        assert "The portal is down" in self.get("AN", reverse("refunds:file", args=[self.file_code(payout)]))

    def test_a_result_file_is_kept_and_shown_row_by_row(self):
        paid, failed = self.approved("50.00"), self.approved("20.00")
        self.sent(paid, failed)
        documents = Document.objects.count()
        page = self.results(
            f"Reference,Status,Transaction ID,Amount,Reason\n{code(paid)},Successful,P77,50.00,\n"
            f"{code(failed)},Failed,,20.00,Wallet is closed\nREF-000009X,ok,,1,\n,,,,\n".encode()
        )
        for text in ("Wallet is closed", "is not one of our refunds", "Not taken", "Paid", "Failed"):
            assert text in page, text
        assert (self.now(paid).state, self.now(failed).state) == ("paid", "failed")
        assert Document.objects.count() == documents + 1
        assert "Known already" in self.results(f"reference,status\n{code(paid)},ok\n".encode())

    def test_hostile_result_files_are_refused_or_answered_row_by_row(self):
        refund = self.approved("50.00")
        self.sent(refund)
        ref = code(refund)
        for content in (
            b"",
            b"\x00\x01\x02\xff",
            b"PK\x03\x04" + b"\x00" * 50,
            b"hello\nworld\n",
            b'"a\n' * 9,
            b"reference,status\nREF-1,o\0k\n",
        ):
            assert "Nothing of it was taken" in self.results(content, status=409), content
        assert "Choose the result file first" in self.post("AN", RESULTS, status=409)
        head = "reference,status,transaction id,amount,reason\n"
        for line, said in (
            (f"{ref},ok,P,1e999999999,", "It says 1e999999999"),
            (f"{ref},ok,P,NaN,", "It says NaN"),
            (f"{ref},ok,P,sNaN,", "It says sNaN"),
            (f"{ref},<script>x</script>,P,50,", "&lt;script&gt;"),
            ("REF-" + "Z" * 400 + ",ok,P,50,", "not one of our refunds"),
            ("=cmd|' /C calc'!A0,ok,P,50,", "not one of our refunds"),
        ):
            page = self.results((head + line + "\n").encode())
            assert said in page, line
            assert "<script>x" not in page
        assert self.now(refund).state == "sent"
        long = "x" * 5000
        self.results((head + f"{ref},failed,P-Q,50,=SUM(1){long}\n").encode("utf-8"))
        kept = self.now(refund)
        assert (kept.state, kept.provider_ref, len(kept.failure)) == ("failed", "P-Q", 200)

    def test_a_workbook_of_results_is_read_like_a_csv(self):
        refund = self.approved("50.00")
        self.sent(refund)
        out = io.BytesIO()
        book = xlsxwriter.Workbook(out, {"in_memory": True})
        sheet = book.add_worksheet("Batch")
        for place, cells in enumerate(
            [["Disbursement report"], [], ["External ID", "Transaction Status", "Receipt No", "Amount"],
             [code(refund), "Completed", "P88", 50]]
        ):  # fmt: skip
            sheet.write_row(place, 0, cells)
        book.close()
        assert "Paid" in self.results(out.getvalue(), name="results.xlsx")
        assert (self.now(refund).state, self.now(refund).provider_ref) == ("paid", "P88")

    def test_the_same_act_sent_twice_or_from_an_old_page_is_refused_as_changed(self):
        refund = self.approved()
        old = str(refund.version)
        self.sent(refund)
        self.act("AN", refund, "paid", status=409, version=old, provider_ref="P1")
        assert self.now(refund).state == "sent"
        seen = str(self.now(refund).version)
        self.act("AN", refund, "failed", version=seen, failure="Wallet is full")
        page = self.act("AN", refund, "failed", status=409, version=seen, failure="Wallet is full")
        assert "was changed since you opened it" in page

    def test_what_changed_since_it_was_asked_turns_it_amber_before_anybody_approves(self):
        now = timezone.now()
        (self.payment,) = receive_today(
            self.account,
            row(
                2,
                "20.00",
                reference="nobody",
                msisdn="233200000077",
                payer_name="Ama Mensah",
                occurred_at=now,
            ),
        )
        refund = self.asked("20.00", reason="not_ours")
        waits = Approval.objects.get(subject_kind="refund", subject_id=refund.pk)
        assert waits.reasons == []
        (double,) = receive_today(
            self.account,
            row(
                3,
                "20.00",
                reference="nobody",
                msisdn="233200000077",
                payer_name="Ama Mensah",
                occurred_at=now,
            ),
        )
        path = reverse("refunds:ask", args=[double.pk])
        self.post("SU", path, self.said(double, reason="not_ours"))
        page = reverse("approvals:page", args=[code_of("APR", waits.pk)])
        assert "New since it was asked for" in self.get("TL", page)
        together = self.clients["TL"].post(
            reverse("approvals:approve_many"), {"id": code_of("APR", waits.pk)}
        )
        assert "the checks changed since it was asked for" in without_secrets(together)
        waits.refresh_from_db()
        assert (waits.flag, waits.state, self.now(refund).state) == ("amber", "pending", "requested")
        self.decided("refund", refund.pk, "TL")
        assert self.now(refund).state == "approved", "whoever looked at it by itself may approve"

    def test_a_result_file_of_another_market_touches_nothing(self):
        refund = self.approved()
        self.sent(refund)
        self.people["AN"].markets.clear()
        page = self.results(f"reference,status\n{code(refund)},ok\n".encode())
        assert "is not one of our refunds" in page
        assert self.now(refund).state == "sent"
        assert self.clients["SU"].get(RESULTS).status_code == 403

    def test_failed_is_tried_again_or_goes_to_another_payee_or_is_given_up(self):
        refund = self.approved()
        self.sent(refund)
        self.act("AN", refund, "failed", failure="Wallet is full")
        page = self.page("SU", refund)
        assert "Wallet is full" in page
        assert "Payments analyst can." in page, "trying again is for who releases"
        self.act("SU", refund, "try-again", status=403)
        self.act("AN", refund, "try-again")
        self.act("AN", refund, "try-again", status=409)
        self.sent(self.now(refund))
        self.act("AN", refund, "failed", failure="Still full")
        path = reverse("refunds:payee", args=[code(refund)])
        self.post("AN", path, {"payee_kind": "relative", "rail": "mobile_money", "note": "x"}, status=422)
        said = {
            "payee_kind": "relative", "payee_name": "Yaw Mensah", "payee_account": "0209999999",
            "rail": "mobile_money", "note": "Her brother, by letter.",
            "version": str(self.now(refund).version),
        }  # fmt: skip
        self.post("TL", path, said, status=403)
        self.post("SU", path, said)
        self.post("SU", path, said, status=409)
        assert self.now(refund).state == "under_review"
        self.decided("refund", refund.pk, "TL")
        self.act("SU", refund, "cancel", status=422, note="")
        self.act("SU", refund, "cancel", note="She keeps it.")
        assert self.now(refund).state == "cancelled"

    def test_without_an_answer_two_people_settle_it(self):
        refund = self.approved()
        self.sent(refund)
        self.act("AN", refund, "no-answer", note="Not in the result file")
        page = self.page("AN", refund)
        assert "Until then nobody may send it again" in page
        self.act("AN", refund, "settle", status=422, outcome="", note="")
        self.act("AN", refund, "settle", outcome="paid", provider_ref="P1", note="On the statement")
        again = self.clients["AN"].post(
            reverse("refunds:act", args=[code(refund), "settle"]),
            {"outcome": "failed", "provider_ref": "", "note": "No"}, headers=HTMX,
        )  # fmt: skip
        assert again.status_code == 409
        waits = Approval.objects.get(kind="refund.resolve", state="pending")
        assert "It was <b>paid</b>" in self.get(
            "TL", reverse("approvals:page", args=[code_of("APR", waits.pk)])
        )
        self.decided("refund", refund.pk, "TL")
        assert self.now(refund).state == "paid"
        self.act("AN", refund, "came-back", note="Row B77 of the portal")
        assert self.now(refund).state == "failed"

    def test_an_act_that_does_not_fit_the_state_is_blocked_with_why(self):
        refund = self.approved()
        page = self.get("AN", reverse("refunds:act", args=[code(refund), "came-back"]))
        assert "This refund is approved by now" in page
        self.get("AN", reverse("refunds:act", args=[code(refund), "burn"]), status=404)

    def test_the_approver_sees_the_checks_and_the_calculation(self):
        refund = self.asked(payee_name="Kofi Boateng")
        waits = Approval.objects.get(subject_kind="refund", subject_id=refund.pk)
        page = self.get("TL", reverse("approvals:page", args=[code_of("APR", waits.pk)]))
        for text in (
            "Goes to the number the money came from",
            "Held for refunds",
            "Kofi Boateng",
            "10482937",
        ):
            assert text in page, text

    def test_the_columns_of_an_account_are_saved_and_used(self):
        path = reverse("refunds:columns", args=[self.account.pk])
        assert "MSISDN" in self.get("AN", path)
        said = {
            "heading-1": "Wallet", "field-1": "local_number", "heading-2": "Sum", "field-2": "amount",
            "heading-3": "Ref", "field-3": "reference", "delimiter": ";",
        }  # fmt: skip
        page = self.post("AN", path, {**said, "field-2": "name"}, status=409)
        assert "columns for the phone number, the amount and our reference" in page
        assert "Wallet" in page, "what was typed stays"
        assert PayoutProfile.objects.count() == 0
        self.post("AN", path, said)
        payout = self.released(self.approved())
        answer = self.clients["AN"].get(reverse("refunds:document", args=[self.file_code(payout)]))
        text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
        assert text.startswith("Wallet;Sum;Ref\r\n0244123456;50.00;REF-")
        self.get("TL", path, status=403)

    def test_files_are_listed_for_who_may_see_them(self):
        payout = self.in_file(self.approved())
        page = self.get("FC", reverse("refunds:files"))
        assert self.file_code(payout) in page
        for tab in ("To decide", "On the way", "No answer"):
            assert tab in page, "the tabs stay where they are"
            assert tab in self.get("AN", reverse("refunds:results"))
        self.get("SU", reverse("refunds:files"), status=403)
        self.get("AN", reverse("refunds:file", args=["POF-0000000"]), status=404)
