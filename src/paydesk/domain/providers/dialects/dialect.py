"""What a dialect is: how one provider sends callbacks, proves that they are its own, and is answered."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from paydesk.importers.json_messages import JsonImporter, parsed

# Kinds of messages in the inbox: which package reads them.
CALLBACKS, MARKET_MESSAGES = "callback", "market_event"
# Where we know from how a provider proves itself. documented: its public documentation, not tried against it.
# integration_code: other people's code. assumed: no public source; ask the provider.
# ours: we say how, and the other side does so.
Known = Literal["documented", "integration_code", "assumed", "ours"]
KNOWN_WORDS: dict[Known, str] = {
    "documented": "as its public documentation says; not tried against the provider",
    "integration_code": "as other people's integration code shows; not tried against the provider",
    "assumed": "no public document says how; ask the provider",
    "ours": "as paydesk asks for it",
}
Keys = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Call:
    """What came: the body byte by byte, the headers (names in any case), when."""

    body: bytes
    headers: Mapping[str, str]
    at: datetime

    def header(self, name: str) -> str:
        """The header `name`, whatever its case; "" without it."""
        wanted = name.casefold()
        return next((value for key, value in self.headers.items() if key.casefold() == wanted), "").strip()


# "" when the call is the provider's by these keys, else why it is not, without anything of call or keys.
Check = Callable[[Call, Keys], str]


@dataclass(frozen=True, slots=True)
class Proof:
    """How a call is proved by a key that the provider and we share (or its public one).

    `names` are the keys that an entry in the file of connections has to hold. Where the proof is not
    `required`, a call is taken by the secret in its address alone while no key is set up.
    """

    check: Check
    in_words: str
    names: tuple[str, ...] = ("secret",)
    required: bool = True

    def refuses(self, call: Call, keys: Sequence[Keys]) -> str:
        """Why none of `keys` proves `call`, "" when one does; two are good while one replaces the other."""
        reasons = [self.check(call, each) for each in keys]
        return "" if "" in reasons else next(iter(reasons), "no key is set up")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a provider takes for "we have it"."""

    body: bytes
    content_type: str = "application/json"


def json_answer(**values: object) -> Answer:
    return Answer(json.dumps(values).encode())


def never(document: object) -> bool:
    """Of a provider whose test messages do not say that they are."""
    return False


@dataclass(frozen=True, slots=True)
class Channel:
    """One address: `what_for` says where the provider takes it. A channel without importers keeps what
    comes and understands nothing of it; one without `keeps_lines` only answers. `parse` makes the document
    that the importers take; `is_test` knows a message of the provider's test system, behind which no money
    stands. What comes by one that is not `is_signed` is taken by its secret address alone."""

    what_for: str
    importers: tuple[type[JsonImporter], ...] = ()
    keeps_lines: bool = True
    parse: Callable[[bytes], object] = parsed
    is_test: Callable[[object], bool] = never
    is_signed: bool = True


@dataclass(frozen=True, slots=True)
class Dialect:
    """One provider's way of sending callbacks.

    `channels` by the last part of their address. `set_up` is the sentence for whoever enters the address at
    the provider. `answers` read what it says when it is asked. `missing` says what is not understood. Where
    a promise is kept days later by a file (an authorisation), `follows_promises` is False: nobody is to be
    asked about it within the hour. `inbox_kind` says which package reads its messages, `role` of which
    accounts they come.
    """

    code: str
    name: str
    provider_codes: tuple[str, ...]
    channels: dict[str, Channel]
    set_up: str
    known: Known
    proof: Proof | None = None
    answer: Answer | Callable[[Call, Sequence[Keys]], Answer] = field(default_factory=lambda: Answer(b"{}"))
    answers: tuple[type[JsonImporter], ...] = ()
    methods: tuple[str, ...] = ("POST",)
    missing: str = ""
    follows_promises: bool = True
    inbox_kind: str = CALLBACKS
    role: str = "originates"

    def answer_to(self, call: Call, keys: Sequence[Keys]) -> Answer:
        """What is said once `call` is stored."""
        return self.answer if isinstance(self.answer, Answer) else self.answer(call, keys)

    @property
    def understands(self) -> bool:
        """Whether any of its messages becomes a line, or an event of a seller."""
        return self.inbox_kind != CALLBACKS or any(way.importers for way in self.channels.values())
