"""Decisions about doors in plain Python: who may see a status page, what a typed reference looks like."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from paydesk.domain.cases.rules import LEVELS, Level, level_reached, may_hear
from paydesk.kernel.card_numbers import is_card_number
from paydesk.kernel.mistyped import keeps_check_digit
from paydesk.kernel.public_codes import number_of

KINDS = {"form": "Web form", "chat": "Chat", "phone": "Telephone system"}
LANGUAGES = {"en": "English", "fr": "French", "sw": "Swahili"}
LINK_DAYS = 30  # how long a status page can be opened
SAME_VISIT = timedelta(minutes=10)  # looking again within it is the same visit
WROTE_WITHIN = timedelta(days=7)  # whoever writes so soon after looking was not answered by the page
PRESENT_WITHIN = timedelta(seconds=45)  # a visitor who asked for news so recently is there
TYPING_WITHIN = timedelta(seconds=6)
MOST_TRIES = 3  # of a visitor to prove who they are, a chat
MOST_TRIES_ABOUT_ONE = 6  # wrong answers about one customer a day, whoever gives them
CODE_MINUTES = 10
LONGEST_CHAT_MESSAGE = 4_000
MOST_FILES, LARGEST_FILE_BYTES = 3, 5 * 1024 * 1024
MOST_CHAT_FILES = 10  # of a visitor, in one chat
FILE_TYPES = {"application/pdf": "PDF", "image/jpeg": "JPEG", "image/png": "PNG"}
# What a visitor may be asked, by machine: only what the ledger can say is so.
ASKED_IN_CHAT = ("account_number", "transaction_code", "last_payment")
RINGS_FOR = timedelta(minutes=2)  # a call nobody took is no longer shown after it
CALL_STATES = {"ringing": "Rings", "answered": "Answered", "ended": "Ended", "missed": "Missed"}

_OUR_CODE = re.compile(r"(PAY|REF|CAS|CON)-[0-9A-Z]{1,14}", re.IGNORECASE)
_DIGITS = re.compile(r"[0-9]{6,14}")


def why_no_link(*, level: str, needed: Level | None, party_role: str) -> str:
    """Why no status page of a thing may be given to whoever a case is with; "" where it may."""
    if needed is None:
        return "Of this there is no status page."
    return may_hear(level, needed, party_role)


def link_level(level: str) -> str:
    """The level a page is made with: never more than two facts, as whoever has its address can open it."""
    return "two_facts" if LEVELS[level] >= Level.TWO_FACTS else "unverified"


def reading_of(text: str, *, is_known: bool) -> str:
    """What to tell whoever types a reference: empty, short, card, known, mistyped or unknown; nothing else.

    Mistyped where a check digit says so: our codes end with a check character, account numbers with a Luhn
    digit, and none of them is wrong by chance nine times of ten.
    """
    plain = "".join(text.split())
    if not plain:
        return "empty"
    if is_known:
        return "known"
    digits = re.sub(r"[^0-9]", "", plain)
    if re.fullmatch(r"[0-9\-]+", plain) and is_card_number(digits):
        return "card"
    if len(plain) < 5:
        return "short"
    if found := _OUR_CODE.fullmatch(plain):
        return "mistyped" if number_of(found[1].upper(), plain) is None else "unknown"
    if _DIGITS.fullmatch(plain):
        return "unknown" if keeps_check_digit(plain) else "mistyped"
    return "unknown"


def proved(held: Collection[str], failed: Collection[str]) -> bool:
    """Whether answers reach two facts: every one of them is right, none is a guess among right ones."""
    return not failed and level_reached(held, "") == "two_facts"


def why_no_more_tries(tries: int, about_one: int) -> str:
    """Why a visitor may not try again to prove who they are; "" where they may."""
    if tries >= MOST_TRIES:
        return "These answers were not right. An agent will ask you in this chat."
    if about_one >= MOST_TRIES_ABOUT_ONE:
        return "This cannot be done here today. An agent will ask you in this chat."
    return ""


def origin_of(text: str) -> str | None:
    """An origin as browsers send it ("https://shop.example"), None where the text is none.

    Plain http is taken for this machine alone: elsewhere whoever is in between could read along.
    """
    parts = urlsplit(text.strip().rstrip("/"))
    try:
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return None
    is_here = host in ("localhost", "127.0.0.1")
    if parts.scheme not in ("https", "http") or (parts.scheme == "http" and not is_here):
        return None
    if (
        parts.path
        or parts.query
        or parts.fragment
        or parts.username
        or not re.fullmatch(r"[a-z0-9.\-]+", host)
    ):
        return None
    return f"{parts.scheme}://{host}{f':{port}' if port else ''}"


def is_present(seen_at: datetime | None, now: datetime) -> bool:
    return seen_at is not None and now - seen_at <= PRESENT_WITHIN


def call_after(was: str, event: str) -> str:
    """The state of a call after an event of its telephone system; one that ended rings no more."""
    if was in ("ended", "missed"):
        return was
    if event == "ended":
        return "ended" if was == "answered" else "missed"
    return "answered" if "answered" in (was, event) else "ringing"


DEVICES = {"phone": "Phone", "tablet": "Tablet", "computer": "Computer", "": "Not known"}
_TABLET = re.compile(r"ipad|tablet|kindle|silk|android(?!.*mobile)", re.I)
_PHONE = re.compile(r"mobi|iphone|android|opera mini|kaios|nokia|blackberry|ucbrowser", re.I)
_COMPUTER = re.compile(r"windows nt|macintosh|x11|cros ", re.I)


def device_of(user_agent: str) -> str:
    """The kind of device a browser says it runs on, "" where it does not: no more of it is kept."""
    for kind, words in (("tablet", _TABLET), ("phone", _PHONE), ("computer", _COMPUTER)):
        if words.search(user_agent):
            return kind
    return ""


_MACHINES = re.compile(
    r"bot|crawl|spider|preview|scan|fetch|curl|python|whatsapp|telegram|slack|facebook", re.I
)


def is_machine(method: str, user_agent: str, purpose: str) -> bool:
    """Whether a page was asked for by a program that follows links: a mail scanner, the preview of a chat."""
    return method != "GET" or not user_agent or "prefetch" in purpose or bool(_MACHINES.search(user_agent))


def problem_with_files(files: Sequence[tuple[str, int]]) -> str:
    """Why files, as pairs of name and bytes, are not taken; "" where they are."""
    if len(files) > MOST_FILES:
        return f"At most {MOST_FILES} files can be sent."
    for name, size_bytes in files:
        if size_bytes > LARGEST_FILE_BYTES:
            return f"{name[:80]} is larger than {LARGEST_FILE_BYTES // 1024 // 1024} MB."
    return ""
