"""A code goes to the number on file, and whoever reads it back is known in a strong way."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.crypto import constant_time_compare

from paydesk.domain.cases.actions import verify
from paydesk.domain.cases.models import Case
from paydesk.domain.doors.addresses import digest_of_code, new_code
from paydesk.domain.doors.steps import end_code, expect_code
from paydesk.domain.text_messages import rules
from paydesk.domain.text_messages.models import TextMessage
from paydesk.domain.text_messages.queries import code_out, gateway_of
from paydesk.domain.text_messages.steps import TextRefused, case_to_text, number_on_file, queue, record
from paydesk.kernel.actor import Actor


@transaction.atomic(durable=True)
def send_code(case_id: int, *, phone_id: int, by: Actor, now: datetime) -> tuple[TextMessage, str]:
    """Send a new code to a number on file of the case's customer; older ones of the case end.

    Returns the code as well, which no person is shown but in the demo company. Where the case has a chat it
    may be typed there too. Raises TextRefused, CapRefused, CaseRefused.
    """
    case = case_to_text(case_id, by)
    number = number_on_file(case, phone_id)
    code, until = new_code(), now + timedelta(minutes=rules.CODE_MINUTES)
    text = rules.code_text(code, _sender(case), case.language)
    TextMessage.objects.filter(case=case, kind="code", code_until__gt=now).update(code_until=now)
    made = queue(
        case, number, kind="code", parts=rules.parts_of(text), text=text, code_digest=digest_of_code(code),
        code_until=until, by=by, now=now,
    )  # fmt: skip
    expect_code(case, code, until)
    record("case.code_texted", case, by, now, text_id=made.pk)
    return made, code


def check_code(case_id: int, *, code: str, channel: str = "", by: Actor, now: datetime) -> Case:
    """Somebody reads a code back, on `channel` or that of the case: right, they are known in a strong way.

    Wrong ones are counted, also where nothing else is kept. Raises TextRefused, CaseRefused.
    """
    left = _tried(case_id, "".join(code.split()), by, now)
    if left is None:
        return verify(case_id, strong_way="code", channel=channel, by=by, now=now)
    again = f"They may try {left} more time{'s' if left > 1 else ''}." if left else "Send a new one."
    raise TextRefused(f"This is not the code that was sent. {again}", code="text.wrong_code")


@transaction.atomic(durable=True)
def _tried(case_id: int, code: str, by: Actor, now: datetime) -> int | None:
    """None where it is the code, else how many tries are left."""
    case = case_to_text(case_id, by)
    sent = code_out(case, now)
    if sent is None:
        raise TextRefused("No code is out that is good still: send a new one.", code="text.no_code")
    is_right = constant_time_compare(digest_of_code(code), sent.code_digest)
    if is_right:
        sent.code_used_at = now
        end_code(case)
    else:
        sent.code_tries += 1
    sent.save(update_fields=["code_used_at", "code_tries"])
    record("case.code_read_back", case, by, now, text_id=sent.pk, held=is_right)
    return None if is_right else rules.MOST_TRIES - sent.code_tries


def _sender(case: Case) -> str:
    gateway = gateway_of(case.market)
    return gateway.sender if gateway else ""
