"""What the marketplace holds of a person who sells, and replaces when they are forgotten.

The platform's number of the seller, amounts, dates and postings stay: they are the books, and what the
platform tells later belongs to the same seller still. A merchant is a company, unless the person behind it
asks for themselves.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q, QuerySet

from paydesk.domain.cases.models import Case, CaseLink
from paydesk.domain.marketplace.event_file import without_words_of
from paydesk.domain.marketplace.event_message import says_words
from paydesk.domain.marketplace.models import LinkAttempt, MarketEvent, PlatformAsk, SellerOrder, Withdrawal
from paydesk.domain.parties.forgetting import forget_name, forgets_person
from paydesk.domain.parties.models import Party
from paydesk.domain.providers.dialects import MARKET_MESSAGES
from paydesk.foundation.documents import steps as documents
from paydesk.foundation.documents.queries import open_document
from paydesk.foundation.inbox import steps as inbox
from paydesk.foundation.inbox.models import Message
from paydesk.importers.records import NotReadable
from paydesk.kernel.actor import Actor, system
from paydesk.kernel.refused import Refused

ERASED_SELLER = "Erased seller"
ERASED = "Erased"
PEOPLE = ("seller", "creator")
THINGS = (("order", SellerOrder), ("withdrawal", Withdrawal), ("link_attempt", LinkAttempt))
_TOMBSTONE = b"Erased at the wish of the person.\n"


def register() -> None:
    """Make it known to retention."""
    forgets_person("marketplace", forget_customer)


def forget_customer(customer_id: int, at: datetime) -> dict[str, int]:
    """The sellers that this customer is, as their own cases say."""
    sellers = Party.objects.filter(pk__in=sellers_of(customer_id), kind__in=PEOPLE)
    numbers = list(sellers.exclude(name=ERASED_SELLER).values_list("pk", flat=True))
    return forget_sellers(numbers, by=system("retention"), at=at)


def forget_sellers(party_ids: Collection[int], *, by: Actor, at: datetime) -> dict[str, int]:
    """Names, words of refusals, and what the platform's messages and files say of them beside the books."""
    Withdrawal.objects.filter(party_id__in=party_ids).exclude(reason="").update(reason="")
    LinkAttempt.objects.filter(party_id__in=party_ids).exclude(reason="").update(reason="")
    PlatformAsk.objects.filter(party_id__in=party_ids).exclude(reason=ERASED).update(reason=ERASED)
    found = {"platform messages": 0, "platform files": 0}
    parties = list(Party.objects.filter(pk__in=party_ids))
    for party in parties:
        told = MarketEvent.objects.filter(party=party)
        found["platform messages"] += _messages(party, told)
        for number in told.exclude(document_id=None).values_list("document_id", flat=True).distinct():
            found["platform files"] += _out_of_file(number, party.external_ref, by, at)
    found["sellers"] = Party.objects.filter(pk__in=party_ids).update(name=ERASED_SELLER)
    for party in parties:
        forget_name(party.name)
    return found


def _messages(party: Party, told: QuerySet[MarketEvent]) -> int:
    """Messages that name them or say why something of theirs failed; also those that were not taken in."""
    of_market = Message.objects.filter(kind=MARKET_MESSAGES, market=party.market).exclude(body=b"")
    became = of_market.filter(became_kind="market_event", became_id__in=told.values("pk"))
    going = [each.pk for each in (became | of_market.filter(state="rejected")) if _is_of(each, party)]
    return inbox.forget(going)


def _is_of(message: Message, party: Party) -> bool:
    return says_words(bytes(message.body), party.external_ref)


def _out_of_file(number: int, seller_ref: str, by: Actor, at: datetime) -> int:
    """Their name and words out of a file of the platform; one that is no table any more goes as a whole."""
    try:
        opened = open_document(number)
    except Refused:
        return 0
    with opened.file as stream:
        try:
            data = without_words_of(stream, seller_ref)
        except NotReadable:
            data = _TOMBSTONE
    name = opened.document.file_name.rpartition(".")[0] or opened.document.file_name
    return documents.replace_content(number, data, file_name=f"{name}.csv", by=by, at=at, why="erasure")


def sellers_of(customer_id: int) -> set[int]:
    """Sellers that cases of the customer, who wrote as a seller, are about by a confirmed link."""
    cases = Case.objects.filter(customer_id=customer_id, party_role="seller")
    links = CaseLink.objects.filter(case__in=cases, state="confirmed")
    found = set(links.filter(kind="seller").values_list("object_id", flat=True))
    for kind, model in THINGS:
        about = links.filter(kind=kind).values("object_id")
        found |= set(model._default_manager.filter(pk__in=about).values_list("party_id", flat=True))
    return found


def cases_of_seller(party_id: int) -> QuerySet[Case]:
    """Cases in which they wrote themselves: by a confirmed link to them or anything of theirs, as a seller or
    merchant, or while nobody said who it was (an order alone says nothing then: its buyer asks too); and
    whatever else came from the same address."""
    sure = Q(kind="seller", object_id=party_id)
    for kind, model in THINGS[1:]:
        sure |= Q(kind=kind, object_id__in=model._default_manager.filter(party_id=party_id).values("pk"))
    order = Q(kind="order", object_id__in=SellerOrder.objects.filter(party_id=party_id).values("pk"))
    links = CaseLink.objects.filter(state="confirmed")
    theirs = Case.objects.filter(
        Q(party_role__in=("seller", "merchant"), pk__in=links.filter(sure | order).values("case"))
        | Q(party_role="unknown", customer=None, pk__in=links.filter(sure).values("case"))
    )
    addresses = theirs.exclude(contact="").values_list("contact", flat=True)
    same = Case.objects.filter(
        contact__in=list(addresses), customer=None, party_role__in=("seller", "merchant", "unknown")
    )
    return theirs | same
