"""Any bytes give a message: what is beyond the limits or cannot be read is said, and nothing takes long."""

from __future__ import annotations

import base64
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from paydesk.connectors.mail.charsets import decoded
from paydesk.connectors.mail.encoded_words import decoded_words
from paydesk.connectors.mail.messages import Limits
from paydesk.connectors.mail.reading import own_id_of, read_mail
from paydesk.connectors.mail.safe_html import safe_html

HEAD = b"From: a@mail.example\nMessage-ID: <1@mail.example>\nSubject: x\nMIME-Version: 1.0\n"
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n"
OPENING = b"Content-Type: multipart/x; boundary=b%d\n\n--b%d\n"
HTML = HEAD + b"Content-Type: text/html\n\n"


def test_thirty_megabytes_are_read_whole() -> None:
    file = b"%PDF-1.7" + bytes(range(256)) * 87_000
    raw = MIXED + b"--b\n\nhello\n--b\nContent-Type: application/pdf; name=a.pdf\n"
    raw += b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(file) + b"--b--\n"
    assert len(raw) > 30_000_000
    mail = read_mail(raw)
    assert (mail.text, mail.attachments[0].data == file, mail.troubles) == ("hello", True, ())


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (MIXED + b"--b\n\nhello\n" * 10_000, "10,001 parts, 1 deep; the first 1,000"),
        (b"".join(OPENING % (n, n) for n in range(500)), "500 deep"),
        (HEAD + b"Content-Type: message/rfc822\n\n" * 500, "499 deep"),
        (HTML + b"<div>" * 10_000 + b"hello", "nests too deep to be shown; its text was read"),
        (HTML + b"<b><i><u><a><font>" * 35 + b"<p>x" * 8_000 + b"hello", "nests too deep"),
        (HTML + b"x" * 1_100_000, "1,100,000 characters; the first 1,000,000"),
        (b"\0" * 1_000, "no head"),
        (b"", "no head"),
        (HEAD + b"Content-Type: text/plain; charset=latin-90\n\n\x80", "latin-90; it was read as windows-1"),
        (MIXED + b"--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1", "is encrypted"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said(raw: bytes, says: str) -> None:
    mail = read_mail(raw)
    assert any(says in trouble for trouble in mail.troubles), mail.troubles
    assert mail.message_id
    assert mail.size == len(raw)


def test_no_field_brings_what_a_database_cannot_hold() -> None:
    raw = b"From: a@mail.example\nMessage-ID: <1\0@mail.example>\nMIME-Version: 1.0\n"
    raw += b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nhello\n"
    mail = read_mail(raw + b"--b\nContent-Type: image/\0png; name=a.png\n\nx\n--b--\n")
    assert (mail.message_id, mail.attachments[0].content_type) == ("<1@mail.example>", "image/png")


def test_beyond_the_most_bytes_the_head_still_speaks() -> None:
    mail = read_mail(HEAD + b"\n" + b"hello " * 100, limits=Limits(most_bytes=200))
    assert (mail.subject, mail.message_id, mail.text[:5]) == ("x", "<1@mail.example>", "hello")
    assert "more than the 200 that are read" in mail.troubles[0]


def test_a_head_of_a_megabyte_is_cut_and_read() -> None:
    many = b"To: " + b"x@mail.example, " * 80_000 + b"\nReferences: " + b"<r@mail.example> " * 10_000 + b"\n"
    mail = read_mail(HEAD + many + b"\nhello")
    assert 500 < len(mail.to) < 2_000
    assert mail.subject == "x"
    words = b"Subject: " + b"=?utf-8?q?a?= " * 80_000 + b"\n\nhello"
    assert read_mail(words).subject == "a" * 1_000


def test_without_an_id_the_same_bytes_get_the_same_one() -> None:
    one, other = read_mail(b"Subject: a\n\nx"), read_mail(b"Subject: a\n\ny")
    assert one.message_id_made
    assert one.message_id == read_mail(b"Subject: a\n\nx").message_id != other.message_id
    assert one.message_id == own_id_of(b"Subject: a\n\nx")
    assert own_id_of(HEAD + b"\nhello") == "<1@mail.example>" == read_mail(HEAD + b"\nhello").message_id


def test_reading_agrees_with_the_standard_library() -> None:
    message = EmailMessage(policy=policy.SMTP)
    message["Subject"] = "Grüße " * 30
    message["From"] = '"Doe, Jö" <jo@mail.example>'
    message.set_content("Zahlung über 120 € – bitte prüfen\n" * 20)
    message.add_alternative("<p>Zahlung über 120 €</p>", "html")
    message.add_attachment(b"\x00\x01", "application", "x-odd", filename="Beleg für März 2026.bin")
    enclosed = EmailMessage()
    enclosed["Subject"] = "Innen"
    enclosed.set_content("innen")
    message.add_attachment(enclosed)
    raw = message.as_bytes()
    theirs, ours = message_from_bytes(raw, policy=policy.default), read_mail(raw)
    assert ours.subject == theirs["Subject"].strip()
    assert ours.from_address is not None
    assert (ours.from_address.name, ours.from_address.address) == ("Doe, Jö", "jo@mail.example")
    body = theirs.get_body(("plain",))
    assert body is not None
    assert ours.text.strip() == body.get_content().replace("\r\n", "\n").strip()
    files = list(theirs.iter_attachments())
    assert [each.name for each in ours.attachments] == [files[0].get_filename(), "message-2.eml"]
    assert ours.attachments[0].data == files[0].get_content()
    assert ours.enclosed[0].subject == "Innen"


@pytest.mark.parametrize(
    ("raw", "text", "attached"),
    [
        (  # a digest holds messages
            MIXED.replace(b"mixed", b"digest")
            + b"--b\n\nSubject: one\n\nhello\n--b\n\nSubject: two\n\nhello\n--b--",
            "",
            ["message-1.eml", "message-2.eml"],
        ),
        (
            HEAD + b"Content-Type: multipart/mixed; boundary*=utf-8''b%20c\n\n--b c\n\nhello\n--b c--",
            "hello",
            [],
        ),
        (
            HEAD + b"Content-Type: multipart/mixed; boundary*0=b;\n boundary*1=c\n\n--bc\n\nhello\n--bc--",
            "hello",
            [],
        ),
        (HEAD + b"Content-Type: multipart/alternative;\n\nhello", "hello", []),  # no boundary at all
        (HEAD + b"Content-Type: text/plain; name=msg.txt\n\nhello", "hello", []),
        (
            MIXED + b"--b\n\nhello\n--b\nContent-Type: text/plain; name=a.txt\n\nfile\n--b--",
            "hello",
            ["a.txt"],
        ),
        (MIXED + b"--b\n--b\n--b\n\nhello\n--b--\nepilogue", "hello", []),
        (HEAD + b"Content-Type: nonsense\n\nhello", "hello", []),
    ],
)
def test_odd_structures_are_read_as_they_are_meant(raw: bytes, text: str, attached: list[str]) -> None:
    mail = read_mail(raw)
    assert (mail.text, [each.name for each in mail.attachments]) == (text, attached)


@examples(max_examples=25)
@given(st.binary(max_size=300), st.sampled_from([b"", HEAD, MIXED, HTML, MIXED + b"--b\n", HTML + b"<p>"]))
def test_no_bytes_make_it_fail(rest: bytes, start: bytes) -> None:
    mail = read_mail(start + rest)
    assert not any("could not be read" in trouble for trouble in mail.troubles)
    for text in (mail.subject, mail.text, mail.html, *(each.name for each in mail.attachments)):
        assert "\0" not in text
        text.encode("utf-8")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("=?utf-8?q?Caf=C3?= =?utf-8?q?=A9?= x", "Café x"),  # a letter cut in two
        ("=?iso-8859-1?Q?R=FCck=80?= =?utf-8?B?4oKs?=", "Rück€€"),
        ("a =?utf-8?q?b_c?= d =?bad", "a b c d =?bad"),
        ("=?utf-8?B?4oKs!!?= =?utf-8*en?q?ok?=", "€ok"),
        ("=?nonsense?q?=E9?=", "é"),
    ],
)
def test_encoded_words(value: str, text: str) -> None:
    assert decoded_words(value) == text


def test_bytes_are_what_they_are_not_what_they_claim() -> None:
    assert decoded("é\\n".encode(), "us-ascii")[0] == "é\\n"
    assert decoded("é\\n".encode("latin-1"), "utf-8")[0] == "é\\n"
    assert decoded(b"\x93a\x94", "iso-8859-1") == ("\u201ca\u201d", "")
    assert decoded("支払い".encode("cp932"), "shift_jis") == ("支払い", "")
    assert decoded("支払い".encode("iso2022_jp"), "iso-2022-jp") == ("支払い", "")
    assert decoded("a€".encode("utf-16"), "")[0] == "a€"
    assert decoded("naïve €".encode()[:-1], "utf-8")[0] == "naïve \ufffd"
    assert decoded(b"<meta charset=windows-1251>\xcf", "", html=True)[0].endswith("П")


def test_remote_pictures_come_back_when_somebody_asks_for_them() -> None:
    html = '<img src="https://t.example/a.gif?x=1&amp;y=2">'
    html += '<a href="HTTPS://ok.example">ok</a><a href="//x">no</a>'
    assert "src" not in safe_html(html).html
    shown = safe_html(html, remote=lambda address: f"/proxy?u={len(address)}")
    assert '<img src="/proxy?u=31">' in shown.html
    assert 'href="HTTPS://ok.example"' in shown.html
    assert '"//x"' not in shown.html
    assert shown.remote_pictures == 1
    again = read_mail(HTML + html.encode(), remote=lambda address: "/proxy")
    assert 'src="/proxy"' in again.html
    assert "src" not in read_mail(HTML + html.encode()).html
