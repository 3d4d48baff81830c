"""The audit trail and its seals. Written once: no update, no delete, not by the owner either."""

from __future__ import annotations

from django.db import models

from paydesk.foundation.audit.transaction_id import CurrentTransactionId, TransactionIdField


class AuditRecord(models.Model):
    """Who did what to which thing. Written by `steps.record` in the transaction of the verb itself.

    `changes` and `note` hold keys, codes, amounts and salted hashes, never personal data: that stands in rows
    which can be erased, while these are sealed for good.
    """

    id = models.BigAutoField(primary_key=True)
    tx_id = TransactionIdField(db_default=CurrentTransactionId(), editable=False)
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)  # Actor.label: "person:12", "system:worker"
    person_id = models.BigIntegerField(null=True)  # no foreign key: people stand above audit
    verb = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=40)
    market = models.CharField(max_length=2, null=True)  # null where a subject belongs to no market
    changes = models.JSONField(default=dict)
    note = models.TextField(default="", db_default="", blank=True)

    class Meta:
        db_table = "audit_record"
        indexes = [
            models.Index(fields=["tx_id", "id"], name="audit_record_in_sealing_order"),
            models.Index(fields=["subject_kind", "subject_id", "id"], name="audit_record_of_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_kind}:{self.subject_id}"


class AuditSeal(models.Model):
    """The place of one record in the chain: `hash` covers the record and `previous_hash`."""

    number = models.BigIntegerField(primary_key=True)
    record = models.OneToOneField(AuditRecord, on_delete=models.PROTECT, related_name="seal")
    hash = models.BinaryField()
    previous_hash = models.BinaryField()
    sealed_at = models.DateTimeField()

    class Meta:
        db_table = "audit_seal"
        constraints = [
            models.CheckConstraint(condition=models.Q(number__gte=1), name="audit_seal_numbers_from_one"),
        ]

    def __str__(self) -> str:
        return f"seal {self.number}"
