"""A write-off is undone from the contract's schedule: shown before, asked for, approved by another."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone

from paydesk.domain.contracts.models import DueItem
from paydesk.domain.payments.actions import approve_write_off, request_write_off
from paydesk.foundation.approvals.models import Approval
from paydesk.kernel.public_codes import code_of
from paydesk.web.refunds.tests.desk import OnTheRefundDesk
from tests.builders import receive_today, row


class OwingAgain(OnTheRefundDesk):
    def test_from_the_schedule(self) -> None:
        receive_today(self.account, row(7, "29.95", reference="10482937"))
        item = DueItem.objects.filter(contract=self.contract, allocated_minor__gt=0).order_by("-due_on")[0]
        now = timezone.now()
        asked = request_write_off(item.pk, note="", by=self.people["AN"].actor(), now=now)
        approve_write_off(asked.pk, by=self.people["TL"].actor(), now=now)
        code = code_of("CON", self.contract.pk)
        page = self.get("AN", reverse("contracts:page", args=[code]))
        assert "part written off" in page
        path = reverse("contracts:owe_again", args=[code, item.pk])
        assert "it is no expense any more" in self.get("AN", path)
        self.post("AN", path, {"note": "They pay it"})
        approval = Approval.objects.get(kind="due_item.owe_again")
        approve = reverse("approvals:approve", args=[code_of("APR", approval.pk)])
        assert "Undo a write-off" in self.get("TL", approve)
        self.post("TL", approve)
        item.refresh_from_db()
        assert item.allocated_minor < item.amount_minor
        self.get("AN", path, status=404)
