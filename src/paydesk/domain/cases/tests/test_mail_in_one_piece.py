"""What becomes of a mail is one transaction: all of it or nothing; and in few statements."""

from __future__ import annotations

from email.message import EmailMessage
from unittest.mock import patch

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from paydesk.domain.cases import actions, queries
from paydesk.domain.cases.models import Attachment, Case, Mailbox, Message, ReceivedMail
from paydesk.domain.cases.tests.test_mail_taken_in import a_box, a_mail, kept
from paydesk.foundation.audit.models import AuditRecord
from paydesk.foundation.documents.models import Document
from tests.builders import NOON, WORKER, make_contract

pytestmark = pytest.mark.usefixtures("db", "_documents_in_a_folder_of_the_test")
# Each stands for what a desk pays for every mail: whoever adds a statement says here what for.
TO_KEEP = 5  # known already? content, document, trail, the mail
TO_OPEN = 17
TO_GO_ON = 17


def with_file(**fields: str) -> EmailMessage:
    mail = a_mail(**fields)
    mail.add_attachment(b"%PDF-1.4 slip", maintype="application", subtype="pdf", filename="slip.pdf")
    return mail


@pytest.mark.parametrize("broken", ["acknowledge", "became"])
def test_what_breaks_off_in_the_middle_leaves_nothing_and_is_whole_the_next_time(broken: str) -> None:
    box = a_box()
    received = kept(box, with_file(Message_ID="<1@mail.example>"))
    fault = patch(f"paydesk.domain.cases.actions.mail_in.{broken}", side_effect=MemoryError("no more"))
    with fault, pytest.raises(MemoryError):
        actions.take_in(received.pk, by=WORKER, now=NOON)
    received.refresh_from_db()
    assert (received.state, Case.objects.count(), Message.objects.count()) == ("kept", 0, 0)
    assert Document.objects.count() == 1, "the mail itself"
    assert not AuditRecord.objects.filter(verb__startswith="case.").exists()
    assert actions.take_in_all(by=WORKER, now=NOON) == 1
    case = Case.objects.get()
    said, answer = case.messages.order_by("pk")
    assert (said.external_id, answer.is_automatic) == ("<1@mail.example>", True)
    assert Attachment.objects.get().message_id == said.pk


def test_one_that_breaks_off_keeps_no_other_from_its_case() -> None:
    box = a_box()
    kept(box, a_mail(Message_ID="<1@mail.example>", subject="One"))
    kept(box, a_mail(Message_ID="<2@mail.example>", subject="Two"))
    real = actions.mail_in.acknowledge

    def breaks(case: Case, *known: object) -> None:
        if case.subject == "One":
            raise MemoryError("no more")
        real(case, *known)  # type: ignore[arg-type]

    with patch("paydesk.domain.cases.actions.mail_in.acknowledge", breaks):
        assert actions.take_in_all(by=WORKER, now=NOON) == 2
    assert [case.subject for case in Case.objects.all()] == ["Two"]
    assert list(ReceivedMail.objects.order_by("pk").values_list("state", flat=True)) == ["failed", "in_case"]


def test_the_same_message_in_two_mailboxes_is_one_case_acknowledged_once_with_its_file_once() -> None:
    mail = with_file(Message_ID="<1@mail.example>")
    for box in (a_box(), a_box(address="pay@desk.example")):
        kept(box, mail)
    assert actions.take_in_all(by=WORKER, now=NOON) == 2
    case = Case.objects.get()
    assert set(ReceivedMail.objects.values_list("case_id", flat=True)) == {case.pk}
    assert Message.objects.filter(is_automatic=True).count() == 1
    assert Attachment.objects.count() == 1


def statements(box: Mailbox, **fields: str) -> tuple[int, int]:
    """How many it takes to keep a mail, and to take it in among others."""
    with CaptureQueriesContext(
        connection,
    ) as keeping:
        kept(box, **fields)
    with CaptureQueriesContext(connection) as taking:
        assert actions.take_in_all(by=WORKER, now=NOON) == 1
    for_the_round = 2  # which mails wait, and our own addresses
    return _counted(keeping), _counted(taking) - for_the_round


def _counted(found: CaptureQueriesContext) -> int:
    return sum("SAVEPOINT" not in each["sql"] for each in found.captured_queries)


def test_a_mail_takes_few_statements() -> None:
    contract, box = make_contract(), a_box()
    statements(box, Message_ID="<0@mail.example>")  # the first versions of policies and calendars are made
    text = f"I paid into {contract.account_number}."
    opens = statements(box, text=text, Message_ID="<1@mail.example>")
    assert opens == (TO_KEEP, TO_OPEN)
    goes_on = statements(
        box, text=f"{text} When?", Message_ID="<2@mail.example>", In_Reply_To="<1@mail.example>"
    )
    assert goes_on == (TO_KEEP, TO_GO_ON)
    assert Message.objects.filter(direction="in").count() == 3
    assert Case.objects.count() == 2


def test_the_mail_that_is_answered_is_looked_up_by_its_id_whatever_the_statistics_say() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {queries._KNOWN_BY}", [["<1@mail.example>", "<2@mail.example>"]])
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "((external_id)::text = asked.id)" in plan, plan
    assert "Filter" not in plan, plan
