"""Uploaded files: what was uploaded by whom, and the content it holds, kept once whoever uploads it."""

from __future__ import annotations

from django.db import models

from paydesk.foundation.documents.rules import RETENTION


class StoredContent(models.Model):
    """The bytes of one or more documents, known by their checksum; the file lies in the documents folder."""

    id = models.BigAutoField(primary_key=True)
    sha256 = models.CharField(max_length=64, unique=True)
    size_bytes = models.BigIntegerField()
    content_type = models.CharField(max_length=100)  # by what is in it, not by its name
    stored_at = models.DateTimeField()

    class Meta:
        db_table = "documents_stored_content"
        constraints = [
            models.CheckConstraint(condition=models.Q(size_bytes__gt=0), name="stored_content_is_not_empty"),
            models.CheckConstraint(
                condition=models.Q(sha256__regex="^[0-9a-f]{64}$"), name="stored_content_has_a_checksum"
            ),
        ]

    def __str__(self) -> str:
        return self.sha256


class Document(models.Model):
    """One upload. The same content uploaded twice is two documents of one content."""

    id = models.BigAutoField(primary_key=True)
    content = models.ForeignKey(StoredContent, on_delete=models.PROTECT, related_name="documents")
    file_name = models.CharField(max_length=200)  # as uploaded, made safe to show and to save under
    uploaded_by = models.CharField(max_length=80)  # Actor.label
    person_id = models.BigIntegerField(null=True)
    uploaded_at = models.DateTimeField()
    retention = models.CharField(max_length=12)

    class Meta:
        db_table = "documents_document"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(retention__in=list(RETENTION)), name="document_retention_is_known"
            ),
            models.CheckConstraint(condition=~models.Q(file_name=""), name="document_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def sha256(self) -> str:
        return self.content.sha256

    @property
    def size_bytes(self) -> int:
        return self.content.size_bytes

    @property
    def content_type(self) -> str:
        return self.content.content_type
