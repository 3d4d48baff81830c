"""Applying by hand: found, previewed, confirmed with the amount named; refusals lose nothing."""

from urllib.parse import quote

from paydesk.domain.payments.models import Payment
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.audit.models import AuditRecord
from paydesk.kernel.public_codes import code_of
from paydesk.web.payments.tests.desk import OnTheDesk, code
from tests.browser.people import make_market
from tests.builders import ghs, make_contract, make_source_account

HTMX = {"HX-Request": "true"}


class Applying(OnTheDesk):
    def setUp(self):
        super().setUp()
        self.payment = self.pay("120.00", reference="who?", payer_name="KOFI")
        self.path = f"/payments/{code(self.payment)}/apply"
        self.choice = f"contract={code_of('CON', self.contract.pk)}"

    def confirm(self, client=None, **fields):
        values = {"contract": code_of("CON", self.contract.pk), "version": self.payment.version, **fields}
        headers = {**HTMX, "HX-Current-URL": "http://testserver/suspense/?market=GH"}
        return (client or self.client).post(self.path, values, headers=headers)

    def test_a_collections_officer_asks_and_a_lead_decides(self):
        officer, lead = self.signed_in("CO"), self.signed_in("TL")
        assert self.confirm(officer).status_code == 403, "not alone"
        page = officer.get(f"{self.path}?{self.choice}").content.decode()
        assert "You do not apply money yourself" in page
        assert "Ask a second person to apply 120.00 GHS" in page
        assert "Identify and apply" in officer.get(f"/payments/{code(self.payment)}/").content.decode()
        assert self.confirm(officer, ask="1", note=" ").status_code == 409
        assert self.confirm(officer, ask="1", note="She sent the receipt").status_code == 200
        (waits,) = Approval.objects.all()
        assert (waits.kind, waits.flag, waits.state) == ("payment.apply_aged", "amber", "pending")
        self.payment.refresh_from_db()
        assert (self.payment.customer_id, self.payment.open_minor) == (None, 120_00)
        assert "asked for already" in officer.get(f"{self.path}?{self.choice}").content.decode()
        path = f"/approvals/{code_of('APR', waits.pk)}/approve"
        assert officer.post(path, {"note": ""}).status_code == 409
        assert lead.post(path, {"note": ""}).status_code == 302
        self.payment.refresh_from_db()
        assert (self.payment.customer_id, self.payment.open_minor) == (self.contract.customer_id, 0)

    def test_a_part_is_asked_for_and_shown_to_whoever_decides(self):
        officer, lead = self.signed_in("CO"), self.signed_in("TL")
        page = officer.get(f"{self.path}?{self.choice}&amount=20").content.decode()
        assert "Ask a second person to apply 20.00 GHS" in page
        for wrong in ("120.01", "0"):
            assert self.confirm(officer, ask="1", note="x", amount=wrong).status_code == 422
        assert self.confirm(officer, ask="1", note="She sent the receipt", amount="20").status_code == 200
        (waits,) = Approval.objects.all()
        assert waits.amount_minor == 20_00
        path = f"/approvals/{code_of('APR', waits.pk)}/"
        shown = lead.get(path).content.decode()
        assert "100.00" in shown, "what stays unapplied stands in the effects"
        assert lead.post(f"{path}approve", {"note": ""}).status_code == 302
        self.payment.refresh_from_db()
        assert (self.payment.allocated_minor, self.payment.open_minor) == (20_00, 100_00)

    def test_as_you_type_the_contracts_of_the_market_are_found(self):
        make_market("KE")
        make_source_account(market="KE", currency="KES")
        make_contract(market="KE", currency="KES", account_number="10482938")
        for text in ("1048", "mensah", "0244123456"):
            part = self.get(f"{self.path}?q={text}", **{**HTMX, "HX-Target": "apply-found"})
            assert "10482937" in part, text
            assert "10482938" not in part, text
            assert "<html" not in part
        assert "No contract in this market" in self.get(f"{self.path}?q=zzz")

    def test_claims_are_offered_first_and_say_why(self):
        make_contract(account_number="11111111", phones=("0209999999",))
        make_contract(account_number="22222222", phones=("0209999999",))
        payment = self.pay(msisdn="233209999999", line=2)
        page = self.get(f"/payments/{code(payment)}/apply")
        assert page.count("The phone is this customer&#x27;s, one of 2 open contracts it may mean") == 2
        assert page.index("11111111") < page.index("22222222")
        assert "As likely: 22222222" in page

    def test_the_preview_says_what_is_paid_and_what_becomes_of_the_rest(self):
        page = self.get(f"{self.path}?{self.choice}")
        assert "Apply 120.00 GHS to 10482937" in page
        assert "Days past due" in page
        part = self.get(f"{self.path}?{self.choice}&amount=30", **{**HTMX, "HX-Target": "apply-preview"})
        assert "Apply 30.00 GHS to 10482937" in part
        assert "Only name Ama Mensah as the payer" in part

    def test_an_amount_that_cannot_be_is_said_beside_the_field_and_kept(self):
        for amount in ("120.01", "0", "1.005", "much"):
            page = self.get(f"{self.path}?{self.choice}&amount={amount}")
            assert 'class="error"' in page, amount
            assert f'value="{amount}"' in page
            assert "Apply 120.00 GHS to" not in page
        assert self.confirm(amount="120.01").status_code == 422

    def test_confirming_applies_says_so_and_goes_back_to_the_list(self):
        answer = self.confirm(at=f"/suspense/?market=GH&open={code(self.payment)}")
        self.payment.refresh_from_db()
        assert (self.payment.open_minor, self.payment.rule) == (0, "by_hand")
        assert "/suspense/?market=GH" in answer["HX-Location"]
        assert "Applied 120.00 GHS to 10482937." in answer["HX-Trigger"]
        assert "close-dialog" in answer["HX-Trigger"]

    def test_without_script_it_ends_on_a_page_that_says_so(self):
        values = {"contract": code_of("CON", self.contract.pk), "version": self.payment.version}
        answer = self.client.post(self.path, values, follow=True)
        assert answer.redirect_chain == [(f"/payments/{code(self.payment)}/", 302)]
        assert "Applied 120.00 GHS to 10482937." in answer.content.decode()

    def test_a_smaller_amount_leaves_the_rest_unapplied(self):
        answer = self.confirm(amount="20")
        self.payment.refresh_from_db()
        assert self.payment.open_minor == 100_00
        assert "100.00 GHS stays unapplied." in answer["HX-Trigger"]

    def test_only_naming_the_payer_moves_no_money_to_the_contract(self):
        answer = self.confirm(name_only="1")
        self.payment.refresh_from_db()
        assert (self.payment.customer_id, self.payment.contract_id) == (self.contract.customer_id, None)
        assert self.payment.open_minor == 120_00
        assert "Ama Mensah is named as the payer." in answer["HX-Trigger"]
        page = self.get(f"/payments/{code(self.payment)}/apply")
        assert "Contracts of Ama Mensah" in page
        assert "needs a second person" in page

    def test_a_stale_or_second_confirmation_is_refused_and_changes_nothing(self):
        self.confirm(amount="20")
        before = AuditRecord.objects.count()
        answer = self.confirm(amount="20")
        assert answer.status_code == 409
        assert answer["X-Refused"] == "payment.changed"
        assert 'href="/suspense/?market=GH">Reload</a>' in answer.content.decode()
        assert Payment.objects.get(pk=self.payment.pk).open_minor == ghs("100.00").amount_minor
        assert AuditRecord.objects.count() == before

    def test_a_role_without_the_right_is_told_so_on_opening_and_refused_on_confirming(self):
        auditor, reviewer = self.signed_in("AU"), self.signed_in("QA")
        for client in (auditor, reviewer):
            page = client.get(f"{self.path}?{self.choice}").content.decode()
            assert "Your role cannot do this" in page
            assert "Apply 120.00 GHS" not in page
            assert self.confirm(client=client).status_code == 403
            assert self.confirm(client=client, ask="1", note="Mine").status_code == 403
        assert not Approval.objects.exists()
        assert Payment.objects.get(pk=self.payment.pk).customer_id is None

    def test_a_contract_of_another_market_is_not_there(self):
        make_market("KE")
        make_source_account(market="KE", currency="KES")
        other = make_contract(market="KE", currency="KES")
        assert self.client.get(f"{self.path}?contract={code_of('CON', other.pk)}").status_code == 404

    def test_it_leads_back_to_this_desk_only(self):
        for away in ("https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"):
            page = self.get(f"{self.path}?{self.choice}&at={quote(away)}")
            assert f'name="at" value="/payments/{code(self.payment)}/"' in page

    def test_it_leads_back_to_the_page_it_was_opened_on(self):
        customer = "/customers/CUS-0000013/"
        page = self.get(self.path, **HTMX, **{"HX-Current-URL": f"http://testserver{customer}"})
        assert f'name="at" value="{customer}"' in page

    def test_a_contract_with_nothing_open_is_shown_blocked_with_the_reason(self):
        self.pay("300.00", reference="10482937", line=2)
        page = self.get(f"{self.path}?{self.choice}")
        assert "10482937 has nothing open that this payment could pay." in page
        assert "Apply to 10482937" in page
