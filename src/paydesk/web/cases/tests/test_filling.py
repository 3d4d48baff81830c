"""What an answer calls somebody: as they call themselves, until they proved who they are."""

from __future__ import annotations

from django.utils import timezone

from paydesk.domain.cases import actions
from paydesk.domain.cases.models import Case
from paydesk.web.cases.filling import filling_of
from paydesk.web.cases.tests.at_the_inbox import OnTheInbox


class Names(OnTheInbox):
    def called(self, case: Case) -> str:
        case = Case.objects.select_related("customer").get(pk=case.pk)
        return filling_of(case, self.people["SU"].actor(), timezone.now()).own["customer.name"]

    def test_nobody_learns_whose_number_or_code_it_is(self) -> None:
        case = self.opened(contact_name="A. M.")
        by, now = self.people["SU"].actor(), timezone.now()
        customer = self.payment.customer
        assert customer is not None
        actions.sort_case(case.pk, customer_id=customer.pk, by=by, now=now)
        assert self.called(case) == "A. M."
        actions.verify(case.pk, facts=["account_number", "last_payment"], by=by, now=now)
        assert self.called(case) == customer.name
        actions.verify(case.pk, strong_way="callback", by=by, now=now)
        assert self.called(case) == "A. M.", "known on the phone, and this goes to an address"
