"""Mail in a folder: what came is read once and kept, what left lies there, and a stop loses nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from paydesk.connectors.mail.local import LocalMail
from paydesk.connectors.mail.servers import MailServerError


def test_each_message_is_read_once_and_only_when_the_next_is_asked_for(tmp_path: Path) -> None:
    with LocalMail(tmp_path / "help") as mail:
        for text in (b"one", b"two", b"three"):
            mail.arrive(text)
        stopped = mail.new_since(None, most=10)
        assert [next(stopped).raw, next(stopped).raw] == [b"one", b"two"]
        stopped.close()  # "two" was not taken to its end: it comes again
        assert [each.raw for each in mail.new_since(None, most=10)] == [b"two", b"three"]
        assert list(mail.new_since(None, most=10)) == []
        assert len(list((tmp_path / "help" / "cur").iterdir())) == 3


def test_what_left_is_found_newest_first(tmp_path: Path) -> None:
    with LocalMail(tmp_path) as mail:
        for text in (b"one", b"two", b"three"):
            said = mail.send(text, envelope_from="help@desk.example", recipients=["ama@mail.example"])
            assert said.accepted == ("ama@mail.example",)
        assert mail.sent(most=2) == [b"three", b"two"]


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(MailServerError, match="cannot be read or written"), LocalMail(tmp_path / "file"):
        pass
