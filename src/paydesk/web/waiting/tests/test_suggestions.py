"""Suspense: numbered suggestions open the confirmation; what is probably somebody's stands apart."""

from django.utils import timezone

from paydesk.domain.payments.suggesting import look_again
from paydesk.foundation.audit.models import AuditRecord
from paydesk.kernel.public_codes import code_of
from paydesk.web.payments.tests.desk import OnTheDesk, code
from tests.builders import make_contract
from tests.pages import without_secrets


class Suggestions(OnTheDesk):
    def setUp(self):
        super().setUp()
        self.payment = self.pay("50.00", reference="10482907", payer_name="MENSAH AMA")

    def test_they_stand_numbered_beside_the_payment_and_in_the_dialog(self):
        beside = self.get(f"/suspense/?open={code(self.payment)}")
        dialog = self.get(f"/payments/{code(self.payment)}/apply")
        for page in (beside, dialog):
            assert 'data-hotkey="1"' in page
            assert "but for one digit it is 10482937" in page
            assert "No other contract comes into question." in page

    def test_one_that_is_taken_is_confirmed_with_its_amount_and_stands_in_the_trail(self):
        contract = code_of("CON", self.contract.pk)
        page = self.get(f"/payments/{code(self.payment)}/apply?contract={contract}&suggestion=1")
        assert "autofocus>Apply 50.00 GHS to 10482937" in page
        assert page.index("Apply 50.00") < page.index("Only name"), "Enter presses the first button"
        answer = self.client.post(
            f"/payments/{code(self.payment)}/apply",
            {"contract": contract, "version": "1", "suggestion": "1"},
        )
        assert answer.status_code == 302
        record = AuditRecord.objects.filter(verb="payment.identified").latest("pk")
        assert record.changes["suggestion"] == 1
        assert "MENSAH" not in str(record.changes)

    def test_a_place_that_cannot_be_is_refused(self):
        contract = code_of("CON", self.contract.pk)
        for place in ("0", "6", "x"):
            answer = self.client.post(
                f"/payments/{code(self.payment)}/apply",
                {"contract": contract, "version": "1", "suggestion": place},
            )
            assert answer.status_code == 422, place

    def test_names_are_masked_as_in_other_lists(self):
        auditor = self.signed_in("AU")
        page = without_secrets(auditor.get(f"/suspense/?open={code(self.payment)}"))
        assert "Ama Mensah" not in page

    def test_what_is_probably_somebodys_has_its_own_list(self):
        self.pay("9.00", reference="nothing", line=2)
        make_contract(account_number="55555556")
        look_again(now=timezone.now())
        page = self.get("/suspense/?near=1")
        assert code(self.payment) in page
        assert "Probably 10482937," in page
        assert page.count("data-row") == 1
        assert 'name="near" value="1"' in page
        assert "probably belong" in self.get("/")
        opened = self.get(f"/suspense/?near=1&open={code(self.payment)}")
        assert f'data-open-row="row-{code(self.payment)}"' in opened

    def test_without_any_the_list_says_so(self):
        assert "No money in suspense looks like" in self.get("/suspense/?near=1")
        assert "probably belong" not in self.get("/")
