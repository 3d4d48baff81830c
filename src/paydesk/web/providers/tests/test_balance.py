"""The balance of an account: books against what is shown, where it drifts, what a person enters by hand."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from paydesk.domain.payments.models import ShownBalance
from paydesk.domain.statements.models import SourceFile
from paydesk.foundation.audit.models import AuditRecord
from paydesk.web.customers.tests.desk import AtTheDesk
from tests.builders import make_source_account, receive, row


class Balance(AtTheDesk):
    def setUp(self) -> None:
        super().setUp()
        self.account = make_source_account(name="Momo collections", identifier="till-100")
        self.address = f"/accounts/{self.account.pk}/balance/"
        self.at = timezone.now() - timedelta(days=1)

    def rows(self, *said: tuple[str, str, str]) -> None:
        """Rows of yesterday, a second apart: kind, amount, the balance after it."""
        receive(
            self.account,
            *(
                row(
                    n, amount, kind=kind, occurred_at=self.at + timedelta(seconds=n),
                    balance=Decimal(balance), fee=Decimal("0.50") if kind == "payment" else None,
                )
                for n, (kind, amount, balance) in enumerate(said, start=1)
            ),
        )  # fmt: skip
        SourceFile.objects.update(
            covers_from=self.at, covers_to=self.at + timedelta(minutes=1), state="posted"
        )

    def shown(self, **changes: object) -> dict[str, object]:
        return {
            "amount": "1,234.50", "shown_on": timezone.localdate().isoformat(), "note": "",
            "screenshot": SimpleUploadedFile("portal.png", b"\x89PNG not empty"), **changes,
        }  # fmt: skip

    def test_books_and_provider_agree_when_every_row_is_in(self):
        self.rows(("payment", "10.00", "109.50"), ("sweep", "-100.00", "9.50"), ("reserve", "-2.00", "7.50"))
        text = self.text(self.address)
        assert "Agrees" in text
        assert "since" not in text.split("Day by day")[0]
        for words in ("Sweep", "Reserve", "in its rows", "stood there before"):
            assert words in text, words

    def test_an_answer_that_names_the_balances_of_several_accounts_breaks_no_chain(self):
        self.rows(
            ("payment", "10.00", "109.50"), ("notice", "0", "46713.00"), ("notice", "0", "3.00"),
            ("sweep", "-100.00", "9.50"),
        )  # fmt: skip
        text = self.text(self.address)
        assert "Agrees" in text
        assert "breaks before" not in text

    def test_a_row_that_never_came_is_drift_and_the_place_is_named(self):
        self.rows(("payment", "10.00", "109.50"), ("payment", "10.00", "124.00"))
        text = self.text(self.address)
        assert "breaks before row 2 of portal.csv" in text
        assert "5.00" in text
        assert "since" in text.split("Day by day")[0]

    def test_a_person_enters_what_the_portal_shows_with_a_screenshot(self):
        receive(self.account, row(1, "10.00"))
        assert "No file of this account says its balance" in self.text(self.address)
        answer = self.client.post(f"{self.address}enter/", self.shown())
        assert (answer.status_code, answer["Location"]) == (302, self.address)
        entered = ShownBalance.objects.get()
        assert entered.amount_minor == 1_234_50
        assert AuditRecord.objects.filter(verb="source_account.balance_entered").count() == 1
        text = self.text(self.address)
        assert "entered by hand" in text
        auditor = self.signed_in("AU")
        answer = auditor.get(f"{self.address}{entered.pk}/")
        assert b"".join(answer.streaming_content) == b"\x89PNG not empty"

    def test_what_cannot_be_is_refused_and_nothing_is_kept(self):
        tomorrow = (timezone.localdate() + timedelta(days=2)).isoformat()
        for changes in (
            {"amount": "1.005"}, {"amount": "many"}, {"amount": "9" * 20}, {"shown_on": tomorrow},
            {"screenshot": SimpleUploadedFile("portal.png", b"")}, {"amount": ""},
        ):  # fmt: skip
            assert self.client.post(f"{self.address}enter/", self.shown(**changes)).status_code == 422, (
                changes
            )
        assert not ShownBalance.objects.exists()
        auditor = self.signed_in("AU")
        assert auditor.post(f"{self.address}enter/", self.shown()).status_code == 403
        assert self.signed_in("AN", "KE").get(self.address).status_code == 404

    def test_money_in_transit_and_lone_reversals_are_listed_with_their_age(self):
        self.rows(("sweep", "-100.00", "0"), ("reversal", "-3.00", "0"))
        text = self.text(self.address)
        for words in ("left, not at the bank yet", "It names no payment of ours", "1 d"):
            assert words in text, words

    def test_rows_cost_no_queries(self):
        self.rows(("payment", "10.00", "109.50"))
        few = self.queries(self.address)
        self.rows(*(("sweep", "-1.00", f"{50 - n}.00") for n in range(8)))
        assert self.queries(self.address) <= few + 1
