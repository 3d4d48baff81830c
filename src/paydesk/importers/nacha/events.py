"""What reading an ACH file yields, in file order."""

from __future__ import annotations

from dataclasses import dataclass

from paydesk.importers.nacha.fields import BatchHeader, Control, Entry, FileHeader


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as the rules want it; what it concerns was read all the same.

    `about` is one short word per kind of problem, so that many of one kind can be summed up.
    """

    line: int
    about: str
    text: str


@dataclass(frozen=True, slots=True)
class Unread:
    """A record that could not be read, why, and how it stood in the file."""

    line: int
    reason: str
    raw: str


class NotAnAchFile(Exception):
    """The bytes are no ACH file, or so damaged that reading on makes no sense; one sentence."""


Event = FileHeader | BatchHeader | Entry | Control | Problem | Unread
