"""Files, the statements in them, and every row of them as a line or a rejected line."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Replace, Reverse, Upper

from paydesk.domain.providers.models import FileProfile, SourceAccount
from paydesk.domain.statements.states import FILE


class SourceFile(models.Model):
    """A file as it was handed over. `revision` counts every visible change, so that screens poll cheaply.

    The callbacks of one account and day stand in the place of a file: `callbacks_on` names the day, and
    there is no document. They are posted as they come and are no proof of coverage.
    """

    document_id = models.BigIntegerField(null=True)
    callbacks_on = models.DateField(null=True)
    filename = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64, db_index=True)
    size_bytes = models.BigIntegerField()
    source_account = models.ForeignKey(
        SourceAccount, on_delete=models.PROTECT, null=True, related_name="files"
    )
    profile = models.ForeignKey(FileProfile, on_delete=models.PROTECT, null=True)
    mapping = models.JSONField(null=True)
    format = models.CharField(max_length=40, default="")
    state = models.CharField(max_length=20, default=FILE.start)
    problem = models.TextField(default="")
    warnings = models.JSONField(default=list)
    uploaded_by = models.CharField(max_length=80)
    uploaded_at = models.DateTimeField()
    line_count = models.IntegerField(default=0)
    rejected_count = models.IntegerField(default=0)
    new_count = models.IntegerField(default=0)
    known_count = models.IntegerField(default=0)
    payment_count = models.IntegerField(default=0)
    posted_through = models.IntegerField(default=0)
    covers_from = models.DateTimeField(null=True)
    covers_to = models.DateTimeField(null=True)
    bytes_read = models.BigIntegerField(default=0)
    confirmed_by = models.CharField(max_length=80, default="")
    posted_at = models.DateTimeField(null=True)
    revision = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=FILE.states), name="source_file_state_known"),
            models.CheckConstraint(
                condition=models.Q(document_id__isnull=False) | models.Q(callbacks_on__isnull=False),
                name="source_file_has_document_or_day",
            ),
            models.UniqueConstraint(
                fields=["source_account", "callbacks_on"], name="callbacks_of_a_day_once"
            ),
        ]
        indexes = [
            models.Index(fields=["source_account", "covers_to"], name="source_file_coverage"),
            GinIndex(OpClass(Upper("filename"), name="gin_trgm_ops"), name="source_file_name_part"),
        ]

    @property
    def rows_done(self) -> int:
        """Of `line_count` rows those that are posted; rows in conflict count once the file is through."""
        return self.line_count if self.state == "posted" else self.new_count + self.known_count


class StatementHead(models.Model):
    """One statement inside a file: its account, currency and balances as stated there (major units)."""

    file = models.ForeignKey(SourceFile, on_delete=models.PROTECT, related_name="statements")
    account = models.CharField(max_length=64, default="")
    currency = models.CharField(max_length=3, default="")
    number = models.CharField(max_length=64, default="")
    opening = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    closing = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    opened_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)


class LineFields(models.Model):
    """The columns a staged line and a statement line share; see importers.records.StatementLine."""

    line_no = models.IntegerField()
    line_key = models.UUIDField()
    kind = models.CharField(max_length=16)
    status = models.CharField(max_length=8)
    amount = models.DecimalField(max_digits=30, decimal_places=8)
    amount_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    fee = models.DecimalField(max_digits=30, decimal_places=8, null=True)
    reference = models.TextField()
    provider_ref = models.TextField()
    network_ref = models.TextField()
    batch_key = models.TextField()
    account = models.TextField()
    msisdn = models.CharField(max_length=15)
    payer_name = models.TextField()
    text = models.TextField()
    channel = models.TextField()
    balance = models.DecimalField(max_digits=30, decimal_places=8, null=True)
    occurred_at = models.DateTimeField(null=True)
    booked_on = models.DateField(null=True)
    value_on = models.DateField()
    account_keys = ArrayField(models.TextField())
    text_keys = ArrayField(models.TextField())
    raw = models.TextField()

    class Meta:
        abstract = True


class StagedLine(LineFields):
    """A line of a file that is not posted yet. It can be made again from the document (unlogged table)."""

    pk = models.CompositePrimaryKey("file_id", "line_no")
    file_id = models.BigIntegerField()


class StatementLine(LineFields):
    """A line as the provider or bank stated it: immutable, stored once however often it is handed over.

    `withdrawn` when its file was un-posted: it counts no more, and the same row may come again.
    """

    file = models.ForeignKey(
        SourceFile, on_delete=models.PROTECT, related_name="lines", db_constraint=False, db_index=False
    )
    source_account = models.ForeignKey(
        SourceAccount, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="lines"
    )
    withdrawn = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source_account", "line_key"],
                condition=models.Q(withdrawn=False),
                name="statement_line_once",
            ),
        ]
        indexes = [
            models.Index(fields=["file", "line_no"], name="statement_line_file"),
            models.Index(
                fields=["provider_ref"], name="statement_line_provider_ref", opclasses=["text_pattern_ops"]
            ),
            # Each is written once per imported row: only of rows that have the value.
            models.Index(
                fields=["network_ref"],
                name="statement_line_network_ref",
                opclasses=["text_pattern_ops"],
                condition=~Q(network_ref=""),
            ),
            models.Index(
                fields=["batch_key"],
                name="statement_line_batch",
                opclasses=["text_pattern_ops"],
                condition=~Q(batch_key=""),
            ),
            models.Index(
                OpClass(F("account_keys__0"), name="text_pattern_ops"),
                name="statement_line_typed",
                condition=Q(account_keys__0__isnull=False),
            ),
            models.Index(
                OpClass(Reverse("msisdn"), name="text_pattern_ops"),
                name="statement_line_phone_ends",
                condition=~Q(msisdn=""),
            ),
            # By how it ends; what is told beside it narrows without a look at the rows.
            models.Index(
                OpClass(Reverse(Replace(Upper("account"), Value(" "), Value(""))), name="text_pattern_ops"),
                F("amount"),
                F("value_on"),
                name="statement_line_account_ends",
                condition=~Q(account=""),
            ),
        ]


class LineConfirmation(models.Model):
    """The provider's own row came for a line that a person had entered by hand: its proof. Append-only."""

    line = models.OneToOneField(
        StatementLine, on_delete=models.PROTECT, db_constraint=False, related_name="confirmation"
    )
    file = models.ForeignKey(SourceFile, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class RejectedLine(models.Model):
    """A row that is not a statement line: its number, raw text and a reason a person can act on."""

    file = models.ForeignKey(SourceFile, on_delete=models.PROTECT, related_name="rejected")
    line_no = models.IntegerField()
    reason = models.TextField()
    raw = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["file", "line_no", "reason"], name="rejected_line_once"),
        ]
        indexes = [GinIndex(OpClass(Upper("raw"), name="gin_trgm_ops"), name="rejected_line_part")]
