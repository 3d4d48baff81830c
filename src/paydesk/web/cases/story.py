"""What happened in a case, in order: what was said, what was noted, what people did."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from paydesk.domain.cases.family_queries import Elsewhere
from paydesk.domain.cases.rules import CALL_OUTCOMES, MESSAGE_CHANNELS
from paydesk.web.addresses import PAGES, code_in
from paydesk.web.language import spoken
from paydesk.web.people_names import names_by_label
from paydesk.web.routing.shown import why
from paydesk.web.trail.words import verb_words

if TYPE_CHECKING:
    from paydesk.domain.cases.models import Case, Message
    from paydesk.domain.routing.models import Routed

# What the words themselves show already.
SAID = frozenset({
    "case.opened", "case.heard", "case.answered", "case.noted", "case.called", "case.answer_sent",
    "case.answer_taken_back", "case.draft_taken_over", "case.text_sent", "case.text_delivered",
    "case.text_taken_back",
    "case.fields_filled",
})  # fmt: skip
ROUTED = frozenset({"case.routed", "case.routed_to_team"})
DELIVERY_WORDS = {
    "queued": ("moving", "leaves in a moment"), "sent": ("settled", "sent"), "held": ("held", "held back"),
    "delivered": ("settled", "delivered"), "failed": ("failed", "not delivered"),
    "taken_back": ("idle", "taken back"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the story: a message with its badge, or a line about what was done."""

    at: datetime
    message: Message | None = None
    by: str = ""
    head: str = ""
    badge: tuple[str, str] = ("", "")
    words: str = ""
    elsewhere: Elsewhere | None = None

    @property
    def elsewhere_code(self) -> str:
        """The other case in which it stands, "" where it stands here alone."""
        return code_in("case", self.elsewhere.case_id) if self.elsewhere else ""

    @property
    def side(self) -> str:
        """Where it stands: theirs, ours, among us, or a line."""
        if self.message is None:
            return "line"
        return self.message.direction if self.message.is_public else "note"

    @property
    def may_be_taken_back(self) -> bool:
        return bool(self.message and self.message.delivery == "queued" and not self.message.attempts)


def story_of(
    case: Case,
    messages: Sequence[Message],
    records: Iterable[Any],
    elsewhere: Mapping[int, Elsewhere] | None = None,
    routed: Sequence[Routed] = (),
) -> list[Entry]:
    """Messages and deeds, oldest first; one query for the names.

    `elsewhere`: where messages stand too; `routed`: what was decided of the case, so that the story says why.
    """
    whys = {each.at: why(each) for each in routed}
    deeds = [record for record in records if record.verb not in SAID]
    labels = {message.author for message in messages if message.author} | {deed.actor for deed in deeds}
    names = names_by_label(labels)
    entries = [
        replace(
            _said(case, message, names.get(message.author, "")),
            elsewhere=(elsewhere or {}).get(message.pk) or _merged(case, message),
        )
        for message in messages
    ]
    entries += [Entry(deed.at, by=names[deed.actor], words=_words(deed, whys)) for deed in deeds]
    return sorted(entries, key=lambda entry: entry.at)


def _merged(case: Case, message: Message) -> Elsewhere | None:
    """Where it was said before that case went into this one."""
    return Elsewhere(message.case_id, came=True) if message.case_id != case.pk else None


def _words(deed: Any, whys: Mapping[datetime, str]) -> str:
    """What was done; of another thing than the case, or with another case, with its code."""
    if deed.verb in ROUTED and deed.at in whys:
        return _("Routed. %s") % whys[deed.at]
    words: str = spoken(verb_words(deed.verb))
    other = deed.changes.get("case_id") if deed.subject_kind == "case" else None
    if isinstance(other, int):
        return f"{words}: {code_in('case', other)}"
    if deed.subject_kind == "case" or deed.subject_kind not in PAGES or not deed.subject_id.isdigit():
        return words
    return f"{words}: {code_in(deed.subject_kind, int(deed.subject_id))}"


def _said(case: Case, message: Message, author: str) -> Entry:
    theirs = case.customer.name if case.customer else case.contact_name or message.sender or _("They")
    who = theirs if message.direction == "in" and not (message.outcome and author) else author
    how = spoken(MESSAGE_CHANNELS[message.channel]).lower()
    if message.outcome:
        way = _("%(who)s called: %(how)s") if message.direction == "in" else _("Called %(who)s: %(how)s")
        head = way % {"who": theirs, "how": spoken(CALL_OUTCOMES[message.outcome]).lower()}
    elif message.direction == "note":
        head = _("Note, among us")
    elif not message.is_public:
        head = _("By %s, from somebody who is no party of this case") % how
    else:
        head = _("By %s") % how
    return Entry(message.at, message, who, head, DELIVERY_WORDS.get(message.delivery, ("", "")))
