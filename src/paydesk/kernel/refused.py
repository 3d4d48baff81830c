"""A rule said no. What was refused, the figures, what is possible now; a stable code and typed fields."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """A rule said no; nothing was changed.

    `code` is stable and machine-readable ("refund.too_large"), `text` one sentence for a person that says
    what was refused, why, and what is possible now. `fields` carries the figures of the sentence, typed.
    """

    code = "refused"

    def __init__(self, text: str, *, code: str | None = None, **fields: Any) -> None:
        super().__init__(text)
        self.text = text
        self.fields = fields
        if code is not None:
            self.code = code


class TransitionRefused(Refused):
    """The thing is not in a state from which the named transition may happen."""

    code = "transition.refused"


class NotAllowedRefused(Refused):
    """The actor has no right to do this, here or in this market."""

    code = "right.missing"


class ChangedRefused(Refused):
    """The thing is no longer as the person saw it: they have to look again before they decide."""

    code = "changed"


class WithheldRefused(NotAllowedRefused):
    """The actor's role has the right, and an exam has to be passed before it counts; `exam_id` says which."""

    code = "right.withheld"
