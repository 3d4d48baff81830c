"""Our accounts: what is set up, how its files are read, and adding one."""

from __future__ import annotations

from django.utils import timezone

from paydesk.domain.providers.queries import source_accounts
from paydesk.domain.providers.steps import save_profile
from paydesk.foundation.audit.models import AuditRecord
from paydesk.kernel.actor import system
from paydesk.web.customers.tests.desk import AtTheDesk
from tests.builders import WORKER, make_source_account


class Accounts(AtTheDesk):
    def setUp(self) -> None:
        super().setUp()
        self.account = make_source_account(name="Momo collections", identifier="till-100")

    def said(self, **changes: str) -> dict[str, str]:
        return {
            "provider": "Adinkra Bank", "provider_kind": "bank", "name": "Adinkra settlement",
            "identifier": "0090", "market": "GH",
            "currency": "GHS", "role": "settles", "time_zone": "Africa/Accra", **changes,
        }  # fmt: skip

    def test_an_account_shows_its_role_its_number_and_its_profiles(self):
        save_profile(
            self.account, name="Momo export", fingerprint="x", by=WORKER, at=timezone.now(),
            mapping={"columns": {"amount": ["Amount"]}, "header": ["amount", "date"], "date_order": "dmy"},
        )  # fmt: skip
        text = self.text(f"/accounts/?account={self.account.pk}")
        for words in ("Momo collections", "till-100", "Originates payments", "no file yet", "Momo export",
                      "version 1", "The amount", "amount · date", "day first"):  # fmt: skip
            assert words in text, words

    def test_accounts_of_other_markets_are_hidden_and_rows_cost_no_queries(self):
        assert "Momo collections" not in self.text("/accounts/", client=self.signed_in("AN", "KE"))
        self.text("/accounts/", 403, client=self.signed_in("SU"))
        few = self.queries("/accounts/")
        for _ in range(4):
            make_source_account()
        assert self.queries("/accounts/") == few

    def test_adding_one_and_the_same_again(self):
        answer = self.client.post("/accounts/new/", self.said())
        assert (answer.status_code, answer["Location"]) == (302, "/accounts/")
        added = source_accounts(system("tests")).get(identifier="0090")
        assert (added.provider.name, added.ledger_code, added.role) == ("Adinkra Bank", "1010", "settles")
        again = self.client.post("/accounts/new/", self.said())
        assert again.status_code == 422
        assert "has an account 0090 already" in again.content.decode()

    def test_in_the_dialog_it_leads_back_to_the_list(self):
        htmx = {"HX-Request": "true", "HX-Target": "dialog-content"}
        answer = self.client.post("/accounts/new/", self.said(), headers=htmx)
        assert answer["HX-Redirect"] == "/accounts/"

    def test_who_may_only_look_adds_nothing(self):
        auditor = self.signed_in("AU")
        assert "Your role cannot do this" in self.text("/accounts/", client=auditor)
        assert auditor.post("/accounts/new/", self.said()).status_code == 403
        assert source_accounts(system("tests")).count() == 1

    def test_when_rows_are_expected_is_set_and_said(self):
        here = f"/accounts/?account={self.account.pk}"
        assert "Every day, in the hours in which they came before" in self.text(here)
        path = f"/accounts/{self.account.pk}/expected/"
        answer = self.client.post(
            path, {"weekdays": ["0", "1", "2", "3", "4"], "opens": "08:00", "closes": ""}
        )
        assert answer.status_code == 422
        assert "or neither" in answer.content.decode()
        said = {
            "weekdays": ["0", "1", "2", "3", "4"],
            "opens": "08:00",
            "closes": "17:05",
            "closed_on_holidays": "on",
        }
        answer = self.client.post(path, said)
        assert (answer.status_code, answer["Location"]) == (302, here)
        assert "Mon to Fri except holidays, 08:00–17:05" in self.text(here)
        assert "checked" in self.text(path).split('id="expect_closed_on_holidays"')[1].split(">")[0]
        (record,) = AuditRecord.objects.filter(verb="source_account.expected_set")
        assert record.changes == {
            "weekdays": [0, 1, 2, 3, 4], "from": "08:00", "to": "17:05", "closed_on_holidays": True,
        }  # fmt: skip
        for role, status in (("AU", 403), ("FC", 403)):
            assert self.signed_in(role).post(path, said).status_code == status
        assert self.signed_in("AN", "KE").post(path, said).status_code == 404
