"""Asking for a refund: what is shown before, what is refused beside the field, what is asked once."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone

from paydesk.domain.refunds.models import Refund
from paydesk.domain.refunds.queries import code
from paydesk.web.refunds.tests.desk import HTMX, PHONE, OnTheRefundDesk
from tests.builders import make_source_account, receive_today, row
from tests.pages import without_secrets


class Asking(OnTheRefundDesk):
    def setUp(self) -> None:
        super().setUp()
        self.path = reverse("refunds:ask", args=[self.payment.pk])

    def preview(self, role: str = "SU", **said: str) -> str:
        answer = self.clients[role].get(
            self.path, self.said(**said), headers={**HTMX, "HX-Target": "ask-preview"}
        )
        assert answer.status_code == 200
        return without_secrets(answer)

    def test_before_it_is_asked_it_shows_what_comes_off_which_contract_and_why_it_is_amber(self):
        page = self.preview(amount="50.00")
        for text in ("10482937", "Ask to refund 50.00", "Amber", "days bought with it are given up"):
            assert text in page
        assert Refund.objects.count() == 0
        self.payment.refresh_from_db()
        assert self.payment.reserved_minor == 0, "the look left nothing behind"

    def test_money_that_is_nobodys_goes_back_the_way_it_came_and_is_green(self):
        (payment,) = receive_today(
            self.account,
            row(
                2, "20.00", reference="nobody", msisdn=PHONE, payer_name="Ama Mensah",
                occurred_at=timezone.now(),
            ),
        )  # fmt: skip
        self.path = reverse("refunds:ask", args=[payment.pk])
        assert "Green by policy" in self.preview(version=str(payment.version), reason="not_ours")
        amber = self.preview(version=str(payment.version), reason="not_ours", payee_name="Kofi Boateng")
        assert "does not agree with the name" in amber

    def test_left_empty_it_goes_to_the_payer_and_the_number_the_money_came_from(self):
        refund = self.asked()
        assert (refund.payee_name, refund.payee_account, refund.amount_minor) == ("Ama Mensah", PHONE, 50_00)
        assert (refund.state, refund.requested_by) == ("requested", f"person:{self.people['SU'].pk}")

    def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(self):
        for fields, problem in (
            ({"amount": "500"}, "which is what can go back"),
            ({"amount": "-1"}, "greater than or equal to 0"),
            ({"amount": "ten"}, "Enter a number"),
            ({"amount": "1e300"}, "Ensure that there are no more than"),
            ({"payee_account": "0244"}, "This is no phone number"),
            ({"rail": "bank", "payee_account": "GB82WEST12345698765431"}, "This is no IBAN"),
            ({"payee_kind": "relative"}, "Name the person the money goes to"),
            ({"payee_kind": "stranger"}, "Select a valid choice"),
            ({"reason": ""}, "This field is required"),
        ):
            page = self.post("SU", self.path, self.said(**{"note": "Kept words", **fields}), status=422)
            assert problem in page, fields
            assert "Kept words" in page
        assert Refund.objects.count() == 0

    def test_a_number_typed_as_at_home_is_kept_whole(self):
        refund = self.asked(payee_account="020 111 2222", payee_kind="relative", payee_name="Yaw Mensah")
        assert refund.payee_account == "233201112222"

    def test_sent_twice_it_is_asked_once(self):
        said = self.said(amount="50.00")
        self.post("SU", self.path, said)
        again = self.clients["SU"].post(self.path, said, headers=HTMX)
        assert again.status_code == 409
        assert "changed this payment since" in without_secrets(again)
        fresh = self.clients["SU"].post(self.path, self.said(amount="50.00"), headers=HTMX)
        assert code(Refund.objects.get()) in without_secrets(fresh)
        assert Refund.objects.count() == 1

    def test_a_shop_may_ask_and_who_may_not_sees_who_can(self):
        self.asked("10.00", role="SD")
        for role in ("TL", "RK", "AU"):
            assert "Payments analyst, Support agent, Collections officer or Shop" in self.get(role, self.path)
            self.post(role, self.path, self.said(amount="5.00"), status=403)
        assert "Refund…" in self.get("SU", reverse("payments:page", args=[self.payment.pk]))

    def test_a_payment_of_another_market_is_not_there(self):
        kenya = make_source_account(market="KE", currency="KES", name="Paybill")
        (payment,) = receive_today(kenya, row(3, "900.00", currency="KES", msisdn="254722000000"))
        self.get("AN", reverse("refunds:ask", args=[payment.pk]), status=404)

    def test_when_all_of_it_went_back_there_is_nothing_to_ask(self):
        self.asked("120.00")
        assert "Nothing of this payment is left" in self.get("SU", self.path)
        page = self.get("SU", reverse("payments:page", args=[self.payment.pk]))
        assert "Nothing of it is left to go back." in page
        assert "asked for a refund" in page
