"""Storing a document: kept once, recorded each time, whole or not at all."""

import hashlib
import io
import os
import stat
import tracemalloc
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from paydesk.foundation.audit.models import AuditRecord
from paydesk.foundation.documents import actions, blobs, steps
from paydesk.foundation.documents.models import Document, StoredContent
from paydesk.foundation.documents.queries import (
    content_of,
    damaged_contents,
    document_by_id,
    open_document,
    uploads_of,
)
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import NotAllowedRefused, Refused

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
AMA = Actor("person", 12, "Ama Test", rights=frozenset({"documents.store"}), markets=frozenset({"GH"}))
CSV = b"Date,Ref,Amount\n2026-01-02,A1,10.00\n"
pytestmark = pytest.mark.django_db


def store(content: bytes = CSV, filename: str = "march.csv", by: Actor = AMA) -> Document:
    return actions.store(io.BytesIO(content), filename=filename, by=by, now=NOON)


def files_in_folder() -> list[str]:
    return [name for _, _, names in os.walk(blobs.folder()) for name in names]


def test_what_is_stored_is_what_is_opened():
    document = store(filename="../march.csv")
    assert (document.file_name, document.content_type, document.size_bytes) == (
        "march.csv",
        "text/csv",
        len(CSV),
    )
    assert document.sha256 == hashlib.sha256(CSV).hexdigest()
    assert (document.uploaded_by, document.person_id, document.uploaded_at) == ("person:12", 12, NOON)
    opened = open_document(document.pk)
    with opened.file:
        assert opened.file.read() == CSV
    assert opened.headers["Content-Disposition"] == 'attachment; filename="march.csv"'
    assert opened.headers["X-Content-Type-Options"] == "nosniff"
    assert opened.headers["Content-Type"] == "application/octet-stream"


def test_nobody_else_on_the_machine_reads_it_and_nobody_writes_it():
    path = blobs.path_of(store().sha256)
    assert stat.S_IMODE(path.stat().st_mode) == 0o400
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_the_same_content_twice_is_kept_once_and_recorded_twice():
    first, second = store(filename="a.csv"), store(filename="b.csv")
    assert first.pk != second.pk
    assert first.content_id == second.content_id
    assert [d.file_name for d in uploads_of(first.sha256)] == ["a.csv", "b.csv"]
    assert (StoredContent.objects.count(), files_in_folder()) == (1, [first.sha256])


def test_the_trail_says_what_came_in_without_the_name_which_may_be_personal():
    document = store(filename="Ama Mensah.csv")
    record = AuditRecord.objects.get(verb="document.stored", subject_id=str(document.pk))
    assert record.changes == {"sha256": document.sha256, "size_bytes": len(CSV), "content_type": "text/csv"}
    assert "Mensah" not in str(record.changes) + record.note


def test_an_empty_file_is_refused_and_nothing_is_left():
    with pytest.raises(Refused) as refused:
        store(b"")
    assert refused.value.code == "document.empty"
    assert (Document.objects.count(), files_in_folder()) == (0, [])


def test_a_file_above_the_limit_is_refused_naming_both_sizes(settings):
    settings.DOCUMENT_SIZE_LIMIT_BYTES = 2 << 20

    class Upload(io.BytesIO):
        size = 5 << 20

    for stream, words in (
        (Upload(bytes(5 << 20)), "is 5 MB"),
        (io.BytesIO(bytes(5 << 20)), "is more than 2 MB"),
    ):
        with pytest.raises(Refused) as refused:
            actions.store(stream, filename="big.csv", by=AMA, now=NOON)
        assert words in refused.value.text
        assert "up to 2 MB" in refused.value.text
        assert stream.tell() <= 3 << 20, "it stops reading at the limit"
    assert files_in_folder() == []
    store(bytes(2 << 20))


def test_it_takes_the_right():
    with pytest.raises(NotAllowedRefused):
        store(by=Actor("person", 1, "Nobody"))
    assert files_in_folder() == []


def test_a_broken_upload_leaves_nothing():
    class Broken(io.RawIOBase):
        calls = 0

        def read(self, size=-1):
            self.calls += 1
            if self.calls == 2:
                raise ConnectionResetError
            return b"half"

    with pytest.raises(ConnectionResetError):
        actions.store(Broken(), filename="x", by=AMA, now=NOON)
    assert files_in_folder() == []


def test_large_files_are_never_whole_in_memory():
    class Zeros:
        left = 64 << 20

        def read(self, size):
            chunk = bytes(min(size, self.left))
            self.left -= len(chunk)
            return chunk

    tracemalloc.start()
    try:
        document = actions.store(Zeros(), filename="big.bin", by=AMA, now=NOON)
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()
    assert document.size_bytes == 64 << 20


def test_joined_to_a_verb_that_is_undone_no_row_stays():
    with transaction.atomic():
        document = steps.store(io.BytesIO(CSV), filename="a.csv", by=AMA, now=NOON, retention="evidence")
        assert document.retention == "evidence"
        transaction.set_rollback(True)
    assert document_by_id(document.pk) is None
    assert not AuditRecord.objects.exists()
    assert store().sha256 == document.sha256, "the content left behind is taken up again"


def test_leftovers_of_killed_uploads_go_after_a_day():
    store()
    old, young = blobs.folder() / "incoming" / "old", blobs.folder() / "incoming" / "young"
    for path in (old, young):
        path.write_bytes(b"half")
    two_days_ago = (datetime.now(UTC) - timedelta(days=2)).timestamp()
    os.utime(old, (two_days_ago, two_days_ago))
    assert actions.remove_leftovers(datetime.now(UTC)) == 1
    assert (old.exists(), young.exists()) == (False, True)


def test_missing_and_changed_files_are_found():
    kept, changed, gone = store(b"kept"), store(b"changed"), store(b"gone")
    assert list(damaged_contents()) == []
    path = blobs.path_of(changed.sha256)
    path.chmod(0o600)
    path.write_bytes(b"bent")
    blobs.path_of(gone.sha256).unlink()
    found = {content.pk for content, _ in damaged_contents()}
    assert found == {changed.content_id, gone.content_id}
    assert kept.content_id not in found
    assert content_of(kept.pk) == b"kept"
    for asks in (open_document, content_of):
        with pytest.raises(Refused) as refused:
            asks(gone.pk)
        assert refused.value.code == "document.gone"


def test_an_unknown_document_is_refused():
    for asks in (open_document, content_of):
        with pytest.raises(Refused) as refused:
            asks(123456)
        assert refused.value.code == "document.unknown"


@pytest.mark.parametrize(
    ("sql", "constraint"),
    [
        ("UPDATE documents_stored_content SET size_bytes = 0", "stored_content_is_not_empty"),
        ("UPDATE documents_stored_content SET sha256 = 'abc'", "stored_content_has_a_checksum"),
        ("UPDATE documents_document SET retention = 'never'", "document_retention_is_known"),
        ("UPDATE documents_document SET file_name = ''", "document_has_a_name"),
        (
            "INSERT INTO documents_stored_content (sha256, size_bytes, content_type, stored_at) "
            "SELECT sha256, 1, '', now() FROM documents_stored_content",
            "sha256",
        ),
    ],
)
def test_what_the_database_itself_refuses(sql, constraint):
    store()
    with pytest.raises(IntegrityError, match=constraint), connection.cursor() as cursor:
        cursor.execute(sql)
