"""What the marketplace holds of a natural person who sells, and replaces when they are forgotten.

The platform's number of the seller, amounts, dates and postings stay: they are the books, and what the
platform tells later belongs to the same seller still. A merchant is a company and no person.
"""

from __future__ import annotations

from datetime import datetime

from paydesk.domain.cases.models import Case, CaseLink
from paydesk.domain.marketplace.models import LinkAttempt, SellerOrder, Withdrawal
from paydesk.domain.parties.forgetting import forgets_person
from paydesk.domain.parties.models import Party

ERASED_SELLER = "Erased seller"
PEOPLE = ("seller", "creator")


def register() -> None:
    """Make it known to retention."""
    forgets_person("marketplace", forget_customer)


def forget_customer(customer_id: int, at: datetime) -> dict[str, int]:
    """The sellers that this customer is, as their own cases say: name, and words of refusals."""
    sellers = Party.objects.filter(pk__in=_sellers_of(customer_id), kind__in=PEOPLE)
    numbers = list(sellers.exclude(name=ERASED_SELLER).values_list("pk", flat=True))
    Withdrawal.objects.filter(party_id__in=numbers).exclude(reason="").update(reason="")
    LinkAttempt.objects.filter(party_id__in=numbers).exclude(reason="").update(reason="")
    return {"sellers": Party.objects.filter(pk__in=numbers).update(name=ERASED_SELLER)}


def _sellers_of(customer_id: int) -> set[int]:
    """Sellers that cases of the customer, who wrote as a seller, are about by a confirmed link."""
    cases = Case.objects.filter(customer_id=customer_id, party_role="seller")
    links = CaseLink.objects.filter(case__in=cases, state="confirmed")
    found = set(links.filter(kind="seller").values_list("object_id", flat=True))
    for kind, model in (("order", SellerOrder), ("withdrawal", Withdrawal), ("link_attempt", LinkAttempt)):
        about = links.filter(kind=kind).values("object_id")
        found |= set(model._default_manager.filter(pk__in=about).values_list("party_id", flat=True))
    return found
