"""Somebody at the inbox, with a payment that cases are about."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from paydesk.domain.cases import actions
from paydesk.domain.cases.models import Case
from paydesk.domain.cases.queries import code
from paydesk.web.addresses import code_in
from paydesk.web.refunds.tests.desk import OnTheRefundDesk
from tests.builders import WORKER

ADDRESS = "ama@example.com"


@pytest.mark.usefixtures("_documents_in_a_folder_of_the_test")
class OnTheInbox(OnTheRefundDesk):
    def opened(self, **fields: Any) -> Case:
        known = {"market": "GH", "channel": "email", "contact": ADDRESS, "text": f"Where is it? {self.ref}"}
        return actions.open_case(**{**known, **fields}, by=WORKER, now=timezone.now() - timedelta(minutes=5))

    @property
    def ref(self) -> str:
        return code_in("payment", self.payment.pk)

    def page(self, role: str, case: Case) -> str:
        return self.get(role, f"{reverse('cases:inbox')}?view=team&open={code(case)}")

    def act(self, role: str, case: Case, deed: str, status: int = 302, **said: Any) -> str:
        return self.post(role, reverse("cases:act", args=[code(case), deed]), said, status)

    def say(self, case: Case, status: int = 302, **said: Any) -> str:
        case.refresh_from_db()
        known = {"text": "We look into it.", "as": "answer", "version": str(case.version), "sent_key": "k1"}
        return self.post("SU", reverse("cases:say", args=[code(case)]), {**known, **said}, status)

    def press(self, case: Case, name: str, *args: Any, status: int = 302, **said: Any) -> str:
        return self.post("SU", reverse(f"cases:{name}", args=[code(case), *args]), said, status)
