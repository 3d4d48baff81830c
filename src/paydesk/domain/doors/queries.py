"""Reads about doors: who rings, what a chat shows, which pages were given out and what they spared us."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import (
    Count,
    Exists,
    F,
    Func,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import Coalesce

from paydesk.domain.cases.asks import Link
from paydesk.domain.cases.categories import DELIVERED
from paydesk.domain.cases.hearing import known_where_answered, why_not_for
from paydesk.domain.cases.identity import level_on
from paydesk.domain.cases.models import Attachment, Case, Draft, Message
from paydesk.domain.cases.queries import cases, link_pairs, survivor_of
from paydesk.domain.cases.rules import LEVELS
from paydesk.domain.cases.states import OPEN
from paydesk.domain.doors import rules
from paydesk.domain.doors.addresses import digest_of
from paydesk.domain.doors.asks import level_needed
from paydesk.domain.doors.models import CallScript, Chat, Door, PhoneCall, ProofTry, StatusLink, Visit
from paydesk.domain.doors.scripts import script_as_delivered
from paydesk.domain.parties.finding import customers_by_phone
from paydesk.foundation.attached.queries import has_any
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor

MOST_SHOWN = 200
SAME_TROUBLE = timedelta(days=14)  # a call so soon after is about the same


def doors(actor: Actor) -> QuerySet[Door]:
    """The doors of the actor's markets by kind and name, with `heard` counted; one query."""
    counted = Door.objects.annotate(chats_begun=Count("chats", filter=Q(chats__case__isnull=False)))
    return in_markets(counted, actor).order_by("kind", "name", "id")


def door_by_key(kind: str, key: str) -> Door | None:
    """The open form or widget with this key; one query."""
    return Door.objects.filter(kind=kind, key=key, is_active=True).first()


def telephone_by_token(token: str) -> Door | None:
    """The telephone system that knows this token; one query."""
    if not token:
        return None
    return Door.objects.filter(kind="phone", secret_digest=digest_of(token), is_active=True).first()


@dataclass(frozen=True, slots=True)
class Offer:
    """A status page that may be given for a case, or why not."""

    kind: str
    object_id: int
    blocked: str


def offers(case: Case, now: datetime) -> list[Offer]:
    """Status pages for whoever a case is with: of what it is about, and of the case itself."""
    about = [link for link in link_pairs(case.pk) if level_needed(link[0]) is not None]
    return [Offer(*link, why_no_page(case, link, now)) for link in [*about, ("case", case.pk)]]


def why_no_page(case: Case, link: Link, now: datetime) -> str:
    """Why whoever a case is with is given no status page of this; "" where they are.

    Its address leaves with an answer: they have to be known where they are answered, and it has to be theirs.
    """
    needed = level_needed(link[0])
    why = rules.why_no_link(level=known_where_answered(case, now), needed=needed, party_role=case.party_role)
    return why or (why_not_for(case, [link]) if needed else "")


def shown_to_visitor(case: Case) -> list[Link]:
    """What the case is about whose standing its visitor sees in the chat: theirs, as far as they proved it
    there."""
    level = LEVELS[level_on(case.level, case.level_channel, "chat")]
    about = [link for link in link_pairs(case.pk) if (level_needed(link[0]) or 9) <= level]
    return [link for link in about if not why_not_for(case, [link])]


def is_still_theirs(link: StatusLink) -> bool:
    """Whether what a page shows is of the customer it was given to, also now."""
    return not level_needed(link.kind) or not why_not_for(link.case, [(link.kind, link.object_id)])


def links_of_case(case_id: int) -> list[StatusLink]:
    """Status pages given out for a case, newest first, with `looked` and `last_at`; one query."""
    if not has_any(("case", case_id), StatusLink):
        return []
    return list(_counted(StatusLink.objects.filter(case_id=case_id)).order_by("-pk")[:20])


def links(actor: Actor) -> QuerySet[StatusLink]:
    """Every status page of the actor's markets, newest first, with `looked` and `last_at`; one query."""
    return _counted(_links(actor).select_related("case", "case__customer")).order_by("-pk")


def pages(actor: Actor) -> QuerySet[StatusLink]:
    """As `links`, with `first` (the first look) and `has_written` (within 7 days of it); one query."""
    return _judged(links(actor))


def visits(actor: Actor) -> QuerySet[Visit]:
    """Looks at status pages of cases that the actor may see, newest first; one query."""
    found = Visit.objects.filter(link__in=_links(actor).values("pk"))
    return found.select_related("link", "link__case").order_by("-at", "-pk")


def _links(actor: Actor) -> QuerySet[StatusLink]:
    """Those of cases that the actor may see."""
    return StatusLink.objects.filter(case__in=cases(actor).order_by().values("pk"))


def _counted(found: QuerySet[StatusLink]) -> QuerySet[StatusLink]:
    return found.annotate(looked=Count("visits"), last_at=Max("visits__at"))


@dataclass(frozen=True, slots=True)
class Deflection:
    """What status pages did in a time: given out, looked at, and of those looked at: who wrote, who did not.

    `too_early` were looked at so lately that whoever looked may still write.
    """

    given: int
    looked: int
    spared: int
    wrote: int
    too_early: int

    @property
    def decided(self) -> int:
        return self.spared + self.wrote


def deflection(actor: Actor, since: datetime, now: datetime) -> Deflection:
    """Of pages given since: how many were looked at and not followed by a message within 7 days; two queries.

    A message is anything said in public by them, on any channel, in the case the page was given in or another
    of the same customer, within 7 days of the first look.
    """
    found = _links(actor).filter(made_at__gte=since)
    row = _judged(found).aggregate(
        looked=Count("pk", filter=Q(first__isnull=False)),
        **{name: Count("pk", filter=condition(now)) for name, condition in OUTCOMES.items()},
    )
    return Deflection(given=found.count(), **row)


# What became of pages, as conditions on those of `pages`; the figures and their rows are found alike.
OUTCOMES: dict[str, Callable[[datetime], Q]] = {
    "spared": lambda now: Q(has_written=False, first__lte=now - rules.WROTE_WITHIN),
    "wrote": lambda now: Q(has_written=True, first__isnull=False),
    "too_early": lambda now: Q(has_written=False, first__gt=now - rules.WROTE_WITHIN),
}


def _judged(found: QuerySet[StatusLink]) -> QuerySet[StatusLink]:
    first = Visit.objects.filter(link=OuterRef("pk")).order_by("at").values("at")[:1]
    said = Message.objects.filter(
        Q(case=OuterRef("case")) | Q(case__customer__isnull=False, case__customer=OuterRef("case__customer")),
        direction="in",
        is_public=True,
        at__gt=OuterRef("first"),
        at__lte=OuterRef("first") + rules.WROTE_WITHIN,
    )
    return found.annotate(first=Subquery(first)).annotate(has_written=Exists(said))


def looked_lately(link_id: int, now: datetime) -> bool:
    return Visit.objects.filter(link_id=link_id, at__gt=now - rules.SAME_VISIT).exists()


def chat_behind(door: Door, secret: str) -> Chat | None:
    """The chat of a browser that knows its secret; one query."""
    if not secret or len(secret) > 100:
        return None
    return Chat.objects.select_related("case").filter(door=door, secret_digest=digest_of(secret)).first()


def said_in(chat: Chat, after: int) -> list[Message]:
    """What was said in public in a chat behind message `after`, oldest first, with files; two queries."""
    if chat.case is None:
        return []
    case = survivor_of(chat.case)
    said = _said(case).filter(pk__gt=after).order_by("pk")
    return list(said.prefetch_related("attachments")[:MOST_SHOWN])


def _said(case: Case) -> QuerySet[Message]:
    return Message.objects.filter(
        case=case, is_public=True, channel="chat", direction__in=("in", "out")
    ).exclude(delivery="taken_back")


def files_sent_in(chat: Chat) -> int:
    """How many files the visitor of a chat sent; one query."""
    return (
        Attachment.objects.filter(
            message__channel="chat", message__direction="in", message__external_id__startswith=f"{chat.pk}."
        )
        .filter(message__case_id=chat.case_id)
        .count()
        if chat.case_id
        else 0
    )


def file_in_chat(chat: Chat, attachment_id: int) -> Attachment | None:
    """A file of what was said in this chat, by either side; None for any other."""
    if chat.case is None:
        return None
    return Attachment.objects.filter(
        pk=attachment_id, message__in=_said(survivor_of(chat.case)).values("pk")
    ).first()


def agent_is_typing(case_id: int, now: datetime) -> bool:
    """Whether somebody of ours writes an answer at this moment; notes do not count."""
    writing = Draft.objects.filter(case_id=case_id, is_note=False, taken_by_id=None)
    return writing.filter(at__gt=now - rules.TYPING_WITHIN).exists()


def chat_of_case(case_id: int) -> Chat | None:
    """The newest chat that leads to a case; one query."""
    return Chat.objects.filter(case_id=case_id).order_by("-seen_at").first()


def visitor_is_there(case_id: int, now: datetime) -> bool:
    """Whether the visitor of this case's chat has it open now."""
    chat = chat_of_case(case_id)
    return chat is not None and rules.is_present(chat.seen_at, now)


def tries_of(chat: Chat, customer_id: int | None, now: datetime) -> tuple[int, int]:
    """(wrong tries of this chat, wrong tries about this customer within a day); two queries."""
    wrong = ProofTry.objects.filter(held=False)
    day = wrong.filter(customer_id=customer_id, at__gt=now - timedelta(days=1))
    return wrong.filter(chat=chat).count(), day.count() if customer_id is not None else 0


def ringing(actor: Actor, now: datetime) -> list[PhoneCall]:
    """Calls that ring for this person or for all in their markets, newest first, at most 5; one query."""
    found = PhoneCall.objects.filter(state="ringing", taken_by_id=None, rang_at__gt=now - rules.RINGS_FOR)
    found = found.filter(Q(for_person_id=None) | Q(for_person_id=actor.id))
    return list(in_markets(found, actor).order_by("-rang_at", "-pk")[:5])


def calls(actor: Actor) -> QuerySet[PhoneCall]:
    """Calls of the actor's markets, newest first, but those about cases that they may not see."""
    found = in_markets(PhoneCall.objects.select_related("case"), actor)
    seen = Q(case__isnull=True) | Q(case__in=cases(actor).order_by().values("pk"))
    return found.filter(seen).order_by("-rang_at", "-pk")


def chats(actor: Actor) -> QuerySet[Chat]:
    """Chats in which something was said, of cases that the actor may see, newest first; one query.

    With `said`, how many messages either side sent, and `proved`, whether they proved who they are.
    """
    said = Message.objects.filter(case=OuterRef("case"), channel="chat", is_public=True).order_by()
    return (
        Chat.objects.filter(case__in=cases(actor).order_by().values("pk"))
        .select_related("case", "door")
        .annotate(
            said=Coalesce(Subquery(said.values("case").annotate(n=Count("pk")).values("n")), 0),
            proved=Exists(ProofTry.objects.filter(chat=OuterRef("pk"), held=True)),
        )
        .order_by("-pk")
    )


def forms_sent(actor: Actor) -> QuerySet[Message]:
    """What web forms sent, of cases that the actor may see, newest first, with `door_key`, the id of
    the form as text; one query."""
    sent = Message.objects.filter(channel="web_form", direction="in").exclude(external_id="")
    return (
        sent.filter(case__in=cases(actor).order_by().values("pk"))
        .select_related("case")
        .annotate(
            door_key=Func(
                F("external_id"), Value("."), Value(1), function="split_part", output_field=TextField()
            )
        )
        .order_by("-pk")
    )


def call_in_hand(case_id: int, actor: Actor, now: datetime) -> PhoneCall | None:
    """The call about a case that this person took and has not logged yet; one query."""
    if not has_any(("case", case_id), PhoneCall):
        return None
    logged = Message.objects.filter(
        case_id=case_id, author=actor.label, at__gte=OuterRef("taken_at"), channel="phone"
    ).exclude(outcome="")
    found = PhoneCall.objects.filter(~Exists(logged), case_id=case_id, taken_by_id=actor.id)
    return found.filter(taken_at__gt=now - timedelta(hours=2)).order_by("-pk").first()


def case_of_call(call: PhoneCall, by: Actor) -> Case | None:
    """The newest open case of this number, or of the one customer who uses it, of the last two weeks.

    Only one that `by` may see; three queries at most.
    """
    if not call.number:
        return None
    found = cases(by).filter(market=call.market, state__in=OPEN, opened_at__gt=call.rang_at - SAME_TROUBLE)
    by_number = found.filter(contact=call.number).order_by("-opened_at", "-pk").first()
    if by_number is not None:
        return by_number
    everybody = Actor("system", None, "telephone", markets=frozenset({call.market}))
    owners = customers_by_phone(everybody, whole=[call.number], starts=(), end="", most=2).customer_ids
    if len(owners) != 1:
        return None
    return found.filter(customer_id=owners[0]).order_by("-opened_at", "-pk").first()


def has_telephones(actor: Actor) -> bool:
    """Whether a telephone system announces calls to the actor's markets; one query."""
    return in_markets(Door.objects.filter(kind="phone", is_active=True), actor).exists()


def scripts() -> Mapping[str, CallScript]:
    """The newest script of every category that has one of our own; one query."""
    newest = CallScript.objects.order_by("category", "-version").distinct("category")
    return {each.category: each for each in newest}


def script_for(category: str) -> list[str]:
    """What to say on a call about a category: its own script, else its group's, else the one for all."""
    ladder = [category, category.partition(".")[0], ""]
    own = {
        each.category: each.lines
        for each in CallScript.objects.filter(category__in=ladder)
        .order_by("category", "-version")
        .distinct("category")
    }
    for name in ladder:
        if lines := own.get(name) or script_as_delivered(name):
            return list(lines)
    return []


def script_groups() -> dict[str, str]:
    """The groups of categories that may have a script, and "" for all others."""
    return {"": "Every call"} | {code: words for code, (words, _) in DELIVERED.items()}
