"""The places of the desk. A new screen is one line here and one in urls.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from paydesk.domain.callbacks.queries import count_stale
from paydesk.domain.cases.queries import count_unanswered as count_cases
from paydesk.domain.disputes.queries import count_unanswered as count_disputes
from paydesk.domain.incidents.queries import count_live
from paydesk.domain.payments.queries import waiting_counts
from paydesk.domain.reconciliation.queries import count_open
from paydesk.domain.refunds.queries import count_waiting
from paydesk.domain.reversal_requests.queries import count_unanswered
from paydesk.domain.risk.queries import count_waiting as count_risk
from paydesk.domain.statements.queries import waiting_files
from paydesk.foundation.approvals.queries import count_to_decide
from paydesk.kernel.actor import Actor
from paydesk.reporting.provider_cash.queries import count_in_doubt


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the rail. `key` follows `g` on the keyboard; `right` is what one needs to see it."""

    name: str
    label: str
    icon: str
    key: str
    right: str = ""
    parts: tuple[str, ...] = ()  # further screens that belong here, by the first word of their names
    unless: str = ""  # a right whose holder sees another place instead


PLACES = [
    Place("home", "Home", "home", "h"),
    Place("cases:inbox", "Inbox", "chat", "n", "cases.work:view"),
    Place(
        "incidents:list",
        "Incidents",
        "radar",
        "q",
        "incidents.work:view",
        parts=("causes", "categories", "improvements"),
    ),
    Place("mail_left:list", "Mail left", "mail", "6", "cases.work:view"),
    Place("routing:page", "Routing", "people", "7", "routing.manage:view"),
    Place("intake:files", "Intake", "inbox", "i", "files.import:view"),
    Place("payments:list", "Payments", "card", "p", "payments:view", parts=("hand_receipts",)),
    Place("unapplied:list", "Unapplied", "coins", "u", "payments:view"),
    Place("suspense:list", "Suspense", "question", "s", "suspense:view"),
    Place("approvals:inbox", "Approvals", "stamp", "v", "payments:view"),
    Place(
        "approvals:limits",
        "Limits",
        "stamp",
        "v",
        "settings.manage:view",
        unless="payments:view",
    ),
    Place("refunds:list", "Refunds", "undo", "r", "payments:view", parts=("goodwill",)),
    Place(
        "reversal_requests:list",
        "Reversals",
        "back",
        "y",
        "payments.answer_reversal_request:view",
    ),
    Place("disputes:list", "Disputes", "scales", "8", "disputes.answer:view"),
    Place("reconciliation:overview", "Days", "calendar", "d", "matching.run:view"),
    Place("exceptions:list", "Exceptions", "alert", "x", "matching.run:view"),
    Place("pending:list", "Pending", "hourglass", "w", "payments:view", parts=("callbacks",)),
    Place("clocks:list", "Clocks", "clock", "k", "clocks:view"),
    Place("customers:list", "Customers", "person", "c", "customers:view"),
    Place("contracts:list", "Contracts", "contract", "t", "customers:view"),
    Place("marketplace:list", "Sellers", "coins", "4", "payments:view"),
    Place("providers:list", "Accounts", "bank", "a", "providers.manage:view"),
    Place("provider_cash:list", "In doubt", "link", "o", "providers.manage:view"),
    Place("two_files:list", "Two files", "file", "f", "matching.two_files"),
    Place("books:trial", "Books", "scales", "b", "ledger:view"),
    Place("reviews:list", "Reviews", "stamp", "3", "reviews.own:view", parts=("scorecards",)),
    Place("knowledge:list", "Knowledge", "book", "m", "knowledge:view", parts=("exams",)),
    Place("mailboxes:list", "Mail", "mail", "z", "settings.manage:view", parts=("text_messages",)),
    Place("doors:list", "Doors", "chat", "5", "settings.manage:view"),
    Place("ready_texts:list", "Texts", "file", "j", "cases.texts"),
    Place("case_fields:list", "Fields", "file", "9", "settings.manage:view"),
    Place("risk:list", "Risk", "lock", "1", "risk.escalate:view"),
    Place("retention:overview", "Retention", "hourglass", "2", "retention.hold:view"),
    Place("people:list", "People", "people", "e", "people.manage:view"),
    Place("trail:list", "Trail", "book", "l", "audit:view"),
]


@dataclass(frozen=True, slots=True)
class Section:
    """Places that belong together in the rail; one with a single place is that place.

    `holds` are the first words of their names. `second`: on a phone it stands under "More" alone.
    """

    label: str
    icon: str
    holds: tuple[str, ...]
    second: bool = True


SECTIONS = (
    Section("Home", "home", ("home",), second=False),
    Section("Inbox", "chat", ("cases", "incidents", "mail_left", "routing"), second=False),
    Section("Money in", "card", ("intake", "payments", "unapplied", "suspense", "pending"), second=False),
    Section("Approvals", "stamp", ("approvals",), second=False),
    Section("Money out", "undo", ("refunds", "reversal_requests", "disputes")),
    Section("Prove", "calendar", ("reconciliation", "exceptions", "provider_cash", "two_files", "books")),
    Section("Customers", "person", ("customers", "contracts", "marketplace")),
    Section("Quality", "check", ("reviews", "knowledge")),
    Section("Control", "lock", ("clocks", "risk", "retention", "trail")),
    Section(
        "Set up", "settings", ("providers", "ready_texts", "case_fields", "mailboxes", "doors", "people")
    ),
)


@dataclass(frozen=True, slots=True)
class ShownPlace:
    """A place as one request sees it."""

    place: Place
    url: str
    here: bool
    counts: Callable[[], dict[str, int]] = field(default=dict, repr=False)

    @property
    def waits(self) -> int:
        """How much waits there for a person; only asked where the rail is shown."""
        return self.counts().get(self.place.name, 0)


@dataclass(frozen=True, slots=True)
class ShownSection:
    """A section as one request sees it: its places that the person may see, at least one."""

    section: Section
    places: list[ShownPlace]

    @property
    def label(self) -> str:
        return self.places[0].place.label if self.is_single else self.section.label

    @property
    def icon(self) -> str:
        return self.places[0].place.icon if self.is_single else self.section.icon

    @property
    def is_single(self) -> bool:
        return len(self.places) == 1

    @property
    def url(self) -> str:
        return self.places[0].url

    @property
    def here(self) -> bool:
        return any(place.here for place in self.places)

    @property
    def waits(self) -> int:
        """How much waits in all of its places."""
        return sum(place.waits for place in self.places)


def sections_of(places: list[ShownPlace]) -> list[ShownSection]:
    """The places in their sections, in order; a section of which nothing is seen is left out."""
    shown = []
    for section in SECTIONS:
        held = [place for place in places if place.place.name.split(":")[0] in section.holds]
        held.sort(key=lambda place: section.holds.index(place.place.name.split(":")[0]))
        if held:
            shown.append(ShownSection(section, held))
    return shown


def places_for(request: HttpRequest, actor: Actor) -> list[ShownPlace]:
    """The places `actor` may see, in order, with the one this request is at marked."""
    match = request.resolver_match
    at = match.view_name if match else ""
    counts = cache(lambda: _waiting(actor))
    shown = []
    for place in PLACES:
        if place.right and not actor.may(place.right) or place.unless and actor.may(place.unless):
            continue
        try:
            url = reverse(place.name)
        except NoReverseMatch:  # a place whose screen is not built yet
            continue
        parts = {place.name.split(":")[0], *place.parts} if ":" in place.name else set()
        here = at == place.name or at.split(":")[0] in parts
        shown.append(ShownPlace(place, url, here, counts))
    return shown


def _waiting(actor: Actor) -> dict[str, int]:
    """What waits for a person, by the name of its place; ten cheap queries, for who may see it."""
    found: dict[str, int] = {}
    if actor.may("files.import:view"):
        found["intake:files"] = waiting_files(actor)
    if actor.may("payments:view"):
        payments = waiting_counts(actor)
        found |= {"unapplied:list": payments["unapplied"], "suspense:list": payments["suspense"]}
        found["approvals:inbox"] = count_to_decide(actor, timezone.now())
        found["refunds:list"] = count_waiting(actor)
        found["pending:list"] = count_stale(actor)
    if actor.may("providers.manage:view"):
        found["provider_cash:list"] = count_in_doubt(actor, timezone.localdate())
    if actor.may("payments.answer_reversal_request:view"):
        found["reversal_requests:list"] = count_unanswered(actor)
    if actor.may("disputes.answer:view"):
        found["disputes:list"] = count_disputes(actor)
    if actor.may("cases.work:view"):
        found["cases:inbox"] = count_cases(actor)
    if actor.may("incidents.work:view"):
        found["incidents:list"] = count_live(actor)
    if actor.may("risk.decide"):
        found["risk:list"] = count_risk(actor)
    if actor.may("matching.run:view"):
        found["exceptions:list"] = count_open(actor)
    return found
