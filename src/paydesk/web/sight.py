"""What the person behind a request sees of names and numbers; decided in foundation/people/masking.py.

`of` says whose page it is: a customer, a contract or a payment, shown one at a time. Without it the place is
a list. What was revealed counts on such a page only.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from paydesk.foundation.people.masking import HIDDEN, Sight, masked_row, sight_of
from paydesk.foundation.people.queries import revealed_until
from paydesk.kernel.phone_numbers import shown
from paydesk.web.access import actor_of

Subject = tuple[str, int]


class Looking:
    """The eyes of one request: asks the database only for who sees less than all, once per subject."""

    def __init__(self, request: HttpRequest) -> None:
        self.actor = actor_of(request)
        self.sight: Sight = sight_of(self.actor)
        self._until: dict[Subject, Any] = {}

    def until(self, of: Any) -> Any:
        """Until when `of` is revealed to this person; None where it is not."""
        return self._revealed(of) if self.sight.hides() else None

    def identity_until(self, of: Any) -> Any:
        """Until when the identity numbers of `of` are revealed to this person: they are masked for all."""
        return self._revealed(of)

    def _revealed(self, of: Any) -> Any:
        subject = subject_of(of)
        if subject is None or self.actor.id is None:
            return None
        if subject not in self._until:
            self._until[subject] = revealed_until(self.actor.id, subject, timezone.now())
        return self._until[subject]

    def name(self, text: str, of: Any = None) -> str:
        return self.sight.name(text, revealed=self.until(of) is not None)

    def phone(self, digits: str, of: Any = None) -> str:
        return self.sight.phone(digits, close=of is not None, revealed=self.until(of) is not None)

    def identity(self, number: str, of: Any = None) -> str:
        """The number of a document; in clear only on the page of one customer who is revealed."""
        return self.sight.identity(number, revealed=of is not None and self.identity_until(of) is not None)

    def free_text(self, text: str, of: Any = None) -> str:
        """Words somebody typed to a provider: nobody can tell what in them is a name."""
        return text if not text or self._sees_all(of) else HIDDEN

    def sentence(self, text: str, of: Any, *, names: list[str], phones: list[str]) -> str:
        """A sentence of ours with these names and numbers in it, each as this person may see it."""
        for name in names:
            if name:
                text = text.replace(name, self.name(name, of))
        for digits in phones:
            if digits:
                seen = self.phone(digits, of)
                text = text.replace(shown(digits), seen).replace(digits, seen)
        return text

    def row(self, raw: dict[str, str] | str, of: Any = None, personal: tuple[str, ...] = ()) -> Any:
        """A row of a file as it stands there, for whoever sees all of it; else less what is personal."""
        return raw if self._sees_all(of) else masked_row(raw, personal)

    def _sees_all(self, of: Any) -> bool:
        """Whether nothing is hidden. In a list names decide: such text cannot be masked by half."""
        return self.sight.names and (of is None or self.sight.phones) or self.until(of) is not None


def looking(request: HttpRequest) -> Looking:
    """The eyes of this request, made once."""
    eyes: Looking | None = getattr(request, "eyes", None)
    if eyes is None:
        eyes = Looking(request)
        request.eyes = eyes  # type: ignore[attr-defined]
    return eyes


def subject_of(of: Any) -> Subject | None:
    """Whom a page is about: the customer, also of a contract or payment, else the payment's unknown payer."""
    if of is None or isinstance(of, tuple):
        return of
    payment = getattr(of, "payment", of)
    if customer_id := getattr(payment, "customer_id", None):
        return "customer", customer_id
    return ("payment" if hasattr(payment, "statement_line_id") else "customer"), payment.pk
