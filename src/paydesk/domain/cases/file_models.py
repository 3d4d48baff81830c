"""Files of a case: those of messages, with what they are, and those that wait for the next answer."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from paydesk.domain.cases.document_kinds import KINDS, MAY_END


class Attachment(models.Model):
    """A file that came with a message or goes out with one; its bytes are a document.

    With `held_because` it is a picture that may show a card or an identity document: it is shown to whoever
    asks for it, each time with a record. `document_kind` is what a person said that it is, `expires_on` the
    last day on which it holds, where it bears one. The hash is "" once the file was erased or redacted.
    `tells` is what one that was made here tells (made_files.Tells), {} of any other.
    """

    message = models.ForeignKey("cases.Message", on_delete=models.PROTECT, related_name="attachments")
    document_id = models.BigIntegerField()
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=100)
    size_bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    held_because = models.CharField(max_length=100, default="", db_default="")
    document_kind = models.CharField(max_length=20, default="", db_default="")
    expires_on = models.DateField(null=True)
    typed_by = models.CharField(max_length=80, default="", db_default="")
    typed_at = models.DateTimeField(null=True)
    tells = models.JSONField(default=dict, db_default={})

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(document_kind="", typed_by="", typed_at=None)
                | (Q(document_kind__in=list(KINDS), typed_at__isnull=False) & ~Q(typed_by="")),
                name="attachment_kind_known_and_said_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(expires_on=None) | Q(document_kind__in=MAY_END),
                name="attachment_ends_where_its_kind_may",
            ),
        ]


class WaitingFile(models.Model):
    """A file that goes out with the next answer of one person in a case; it becomes an Attachment then."""

    case = models.ForeignKey(
        "cases.Case", on_delete=models.PROTECT, related_name="waiting_files", db_index=False
    )
    person_id = models.BigIntegerField()
    document_id = models.BigIntegerField()
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=100)
    size_bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    told = models.CharField(max_length=200, default="", db_default="")
    tells = models.JSONField(default=dict, db_default={})
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["case", "person_id"], name="waiting_file_of_person")]
