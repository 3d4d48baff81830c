"""Whoever writes is found by what they name; what the case is about by what they read out."""

from __future__ import annotations

from django.urls import reverse

from paydesk.domain.cases.queries import code, link_pairs
from paydesk.domain.parties.models import CustomerPhone
from paydesk.web.addresses import code_in
from paydesk.web.cases.tests.at_the_inbox import OnTheInbox


class WhoItIs(OnTheInbox):
    def test_nothing_named_them_and_an_agent_finds_them_by_their_account(self) -> None:
        case = self.opened(text="Where is my money?")
        here = reverse("cases:who", args=[code(case)])
        assert "Who is it…" in self.page("SU", case)
        assert "Who is it…" in self.get("SU", reverse("cases:act", args=[code(case), "verify"]))
        assert "Nobody in this market has this number" in self.get("SU", f"{here}?q=99999999")
        contract = self.payment.contract
        assert contract is not None
        found = self.get("SU", f"{here}?q={contract.account_number}")
        customer = code_in("customer", contract.customer_id)
        assert customer in found
        assert contract.account_number in found
        self.press(case, "whose", customer=customer)
        case.refresh_from_db()
        assert (case.customer_id, case.level) == (contract.customer_id, "unverified")
        assert "Who is it…" not in self.page("SU", case)

    def test_whoever_uses_the_number_that_calls_is_offered_before_anything_is_typed(self) -> None:
        contract = self.payment.contract
        assert contract is not None
        customer = code_in("customer", contract.customer_id)
        CustomerPhone.objects.create(customer=contract.customer, msisdn="233244000009")
        case = self.opened(channel="phone", contact="233244000009", text="Asks where it is.")
        here = reverse("cases:who", args=[code(case)])
        assert customer in self.get("SU", here)
        assert "This number is used by:" in self.get("SU", here)
        assert "This number is used by:" not in self.get("SU", f"{here}?q=99999999")
        stranger = self.opened(channel="phone", contact="233500000001", text="Asks where it is.")
        assert "Naming them proves nothing" in self.get("SU", reverse("cases:who", args=[code(stranger)]))

    def test_a_link_is_named_by_what_they_read_out_or_not_at_all(self) -> None:
        case = self.opened(text="Where is my money?")
        told = self.act("SU", case, "link", 409, code="NOSUCH123")
        assert "Nothing of this market has this code" in told
        contract = self.payment.contract
        assert contract is not None
        self.act("SU", case, "link", code=contract.account_number)
        assert link_pairs(case.pk) == [("contract", contract.pk)]

    def test_another_case_is_linked_and_shown_and_never_itself(self) -> None:
        case, other = self.opened(text="Where is it?"), self.opened(text="The same again, from my brother")
        assert "the case itself" in self.act("SU", case, "link", 409, code=code_in("case", case.pk))
        self.act("SU", case, "link", code=code_in("case", other.pk))
        assert link_pairs(case.pk) == [("case", other.pk)]
        assert code_in("case", other.pk) in self.page("SU", case)
