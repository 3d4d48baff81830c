"""Acts on exceptions through their dialogs: what they would do stands there first; several at once."""

from __future__ import annotations

from paydesk.domain.payments.models import Payment
from paydesk.domain.reconciliation.models import ReconciliationException
from paydesk.domain.reconciliation.tests.days import (
    call_back,
    hand_over,
    lost_by_intake,
    momo,
    portal_rows,
    run_day,
)
from paydesk.foundation.approvals.models import Approval
from paydesk.kernel.public_codes import code_of
from paydesk.web.customers.tests.desk import AtTheDesk


class Deeds(AtTheDesk):
    def setUp(self) -> None:
        super().setUp()
        self.account = momo()
        call_back(self.account, ("TX1", 1, "50.00"), ("TX3", 3, "0.90"), ("TX4", 4, "30.00"))
        hand_over(self.account, portal_rows(("TX1", 1, "50.00", "success")))
        lost_by_intake(self.account, portal_rows(("TX9", 400, "71.00", "success")))
        run_day(self.account)

    def codes(self, kind: str) -> list[str]:
        found = ReconciliationException.objects.filter(kind=kind).order_by("amount_minor")
        return [code_of("EXC", each.pk) for each in found]

    def test_the_missing_payment_is_previewed_asked_for_and_posted_by_the_lead(self):
        (code,) = self.codes("missing_in_ledger")
        act = f"/exceptions/{code}/post"
        text = self.text(act)
        assert "Received, of lost.csv, row 2" in text
        assert "In suspense: the payer is not known" in text
        assert Payment.objects.count() == 3
        assert self.client.post(act, {"reason": "Lost on the way.", "version": 1}).status_code == 302
        page = f"/approvals/{code_of('APR', Approval.objects.get().pk)}/"
        lead = self.signed_in("TL")
        assert "is received from the row of the file" in self.text(page, client=lead)
        assert lead.post(f"{page}approve").status_code in (302, 200)
        assert Payment.objects.count() == 4
        assert "The missing payment was posted".lower() in self.text("/exceptions/?tab=done").lower()

    def test_a_small_row_is_written_off_and_what_only_we_have_is_refunded_or_taken_back(self):
        small, large = self.codes("missing_at_provider")
        assert "5060" in self.text(f"/exceptions/{small}/write_off")
        assert "not a small difference" in self.text(f"/exceptions/{large}/write_off")
        opened = self.text(f"/exceptions/?open={large}")
        for words in ("Refund…", "Take the payment back…", "Write off…"):
            assert words in opened
        assert "Ask to post" not in opened
        assert "Please tell us what became of it" in self.text(f"/exceptions/{large}/provider")
        auditor = self.signed_in("AU")
        assert "Your role cannot do this" in self.text(f"/exceptions/{small}/write_off", client=auditor)

    def test_several_are_acted_on_together_and_opened_again_together(self):
        codes = self.codes("missing_at_provider")
        query = "&".join(f"code={code}" for code in codes)
        preview = self.text(f"/exceptions/together/solved?{query}")
        assert "It moves no money" in preview
        assert "Solved: 2" in preview
        sent = {"code": codes, "how": "error_in_file", "reason": "They sent half a file."}
        assert "2 of 2" in self.text_of(self.client.post("/exceptions/together/solved", sent))
        assert ReconciliationException.objects.filter(resolution="error_in_file").count() == 2
        again = {"code": codes, "reason": "They did not.", f"v-{codes[0]}": 1}
        assert "1 of 2" in self.text_of(self.client.post("/exceptions/together/reopen", again))
        self.text("/exceptions/together/post", 404)

    def text_of(self, response: object) -> str:
        return response.content.decode()  # type: ignore[attr-defined]
