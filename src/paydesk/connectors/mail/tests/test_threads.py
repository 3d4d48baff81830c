"""Only what we signed attaches a message to a case; guesses are named, foreign ids handed back to look up."""

from __future__ import annotations

from paydesk.connectors.mail.reading import read_mail
from paydesk.connectors.mail.signing import Signer
from paydesk.connectors.mail.threads import evidence

OLD = Signer(b"the key of last year")
SIGNER = Signer(b"the key of this year", former=(b"the key of last year",))
STRANGER = Signer(b"the key of a stranger")
DOMAIN = "help.lender.example"


def test_ids_are_made_and_checked() -> None:
    made = SIGNER.message_id(1041, 7, DOMAIN)
    assert made.startswith("<pd.1041.7.")
    assert made.endswith(f"@{DOMAIN}>")
    assert SIGNER.case_of_message_id(made) == (1041, 7)
    assert SIGNER.case_of_message_id(made.upper()) == (1041, 7)
    assert SIGNER.case_of_message_id(OLD.message_id(1, 2, DOMAIN)) == (1, 2)
    assert OLD.case_of_message_id(made) is None
    assert SIGNER.case_of_message_id(made.replace("pd.1041.7.", "pd.1042.7.")) is None
    address = SIGNER.reply_address("help@help.lender.example", 1041)
    assert (SIGNER.case_of_address(address), STRANGER.case_of_address(address)) == (1041, None)
    assert SIGNER.case_of_address(address.replace("t1041", "t1042")) is None
    assert SIGNER.case_of_address("help@help.lender.example") is None
    signature = made.rpartition("@")[0].rpartition(".")[2]
    assert signature not in address, "what is signed for one purpose counts for no other"
    assert SIGNER.cases_in(f"> {SIGNER.marker(5, 6)} and {STRANGER.marker(7, 8)}") == [(5, 6)]


def test_a_message_says_its_case_in_order_of_strength() -> None:
    ours, older = SIGNER.message_id(9, 3, DOMAIN), SIGNER.message_id(8, 1, DOMAIN)
    raw = f"""From: ama@mail.example
To: {SIGNER.reply_address("help@help.lender.example", 7)}, help+t6.0123456789abcdef@help.lender.example
Message-ID: <self@mail.example>
In-Reply-To: {ours}
References: <first@mail.example> {older} <pd.5.1.0123456789abcdef@help.lender.example> <last@mail.example>
Subject: Re: [#77] and [#CASE-7F2K9]

Thanks.
> {SIGNER.marker(4, 2)}
"""
    found = evidence(read_mail(raw.encode()), SIGNER)
    assert [(each.how, each.ticket) for each in found.found if each.proven] == [
        *(("reply_address", 7), ("message_id", 9), ("message_id", 8), ("marker", 4)),
    ]
    assert found.proven is not None
    assert found.proven.ticket == 7
    assert found.foreign_ids == ("<last@mail.example>", "<first@mail.example>")
    assert found.subject_numbers == ("77", "CASE-7F2K9")
    assert found.forged == (
        "help+t6.0123456789abcdef@help.lender.example",
        "<pd.5.1.0123456789abcdef@help.lender.example>",
    )


def test_a_new_message_proves_nothing() -> None:
    found = evidence(read_mail(b"From: a@mail.example\nSubject: hello\n\nhi"), SIGNER)
    assert (found.found, found.forged, found.proven) == ((), (), None)
