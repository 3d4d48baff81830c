"""Writing off a small difference: offered on the due item, asked for, decided by a second person."""

from __future__ import annotations

from paydesk.foundation.approvals.models import Approval
from paydesk.kernel.public_codes import code_of
from paydesk.web.approvals.tests.desk import WithALead
from tests.builders import make_contract


class WriteOff(WithALead):
    def setUp(self) -> None:
        super().setUp()
        self.small = make_contract(account_number="30000111", deposit_minor=0)
        self.pay("74.50", reference="30000111", line=9)  # an instalment is 75.00
        self.page = f"/contracts/{code_of('CON', self.small.pk)}/"
        self.item = self.small.due_items.order_by("due_on", "id")[0]
        self.at = f"{self.page}due/{self.item.pk}/write-off"

    def test_it_is_offered_where_little_is_left_and_says_who_can(self):
        assert self.get(self.page).count("Write off…") == 1
        assert self.at in self.get(self.page)
        seen = self.as_lead.get(self.page).content.decode()
        assert "Your role cannot do this. Payments analyst can." in seen
        assert self.at not in seen

    def test_asked_for_once_with_what_it_changes_then_approved(self):
        page = self.get(self.at)
        for words in ("Ask to write off 0.50 GHS", "Days past due", "30000111"):
            assert words in page, words
        assert self.post(self.client, self.at, note="").status_code == 200
        assert self.post(self.client, self.at, note="").status_code == 409
        assert "asked for already" in self.get(self.at)
        approval = Approval.objects.get()
        assert (approval.flag, approval.amount_minor) == ("green", 50)
        shown = self.as_lead.get(self.path(approval)).content.decode()
        for words in ("Still open", "0.50", "30000111"):
            assert words in shown, words
        assert self.post(self.client, self.path(approval, "approve")).status_code == 409
        assert self.post(self.as_lead, self.path(approval, "approve")).status_code == 200
        self.item.refresh_from_db()
        assert self.item.allocated_minor == self.item.amount_minor
        page = self.get(self.page)
        assert "Wrote off a small difference" in page
        assert "Write off…" not in page

    def test_more_than_a_small_difference_and_foreign_items_are_refused(self):
        large = self.small.due_items.order_by("due_on", "id")[1]
        page = self.get(f"{self.page}due/{large.pk}/write-off")
        assert "is not a small difference" in page
        assert self.post(self.client, f"{self.page}due/{large.pk}/write-off", note="").status_code == 409
        foreign = self.other.due_items.order_by("id")[0]
        assert self.client.get(f"{self.page}due/{foreign.pk}/write-off").status_code == 404
        for client in (self.as_support, self.as_lead):
            assert self.post(client, self.at, note="").status_code == 403
        assert not Approval.objects.exists()
