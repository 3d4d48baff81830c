"""What text messages hold of a person and lose when they are forgotten: numbers, codes, the wish for notices.

The words of a notice are a message of its case; here stay that something was sent, when, and what it cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from paydesk.domain.parties.forgetting import forgets_cases, forgets_person
from paydesk.domain.text_messages.models import NoticeWish, TextMessage


def register() -> None:
    """Make them known to retention."""
    forgets_person("text_messages", forget_customer)
    forgets_cases("text_messages", forget_cases)


def forget_customer(customer_id: int, at: datetime) -> dict[str, int]:
    """Their numbers, and that they want notices."""
    NoticeWish.objects.filter(customer_id=customer_id).delete()
    return _forget(TextMessage.objects.filter(customer_id=customer_id).values("pk"), at)


def forget_cases(case_ids: Sequence[int], at: datetime) -> dict[str, int]:
    """Numbers that messages of these cases went to."""
    return _forget(TextMessage.objects.filter(case_id__in=case_ids).values("pk"), at)


def _forget(found: object, at: datetime) -> dict[str, int]:
    theirs = TextMessage.objects.filter(pk__in=found)
    theirs.filter(state="queued").update(
        state="failed", sealed_text="", done_at=at, why="The person was forgotten before it left."
    )
    return {"text messages": theirs.exclude(number="").update(number="", code_digest="", external_id="")}
