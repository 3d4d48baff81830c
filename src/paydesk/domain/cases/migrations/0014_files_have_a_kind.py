"""What a file of a case is, and until which day it holds, said by a person."""

from django.db import migrations, models
from django.db.models import Q

KINDS = [
    "proof_of_payment", "bank_statement", "identity", "screenshot", "police_report", "authority",
    "provider_answer", "other",
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("cases", "0013_people_are_named")]

    operations = [
        migrations.AddField(
            "attachment", "document_kind", models.CharField(default="", db_default="", max_length=20)
        ),
        migrations.AddField("attachment", "expires_on", models.DateField(null=True)),
        migrations.AddField(
            "attachment", "typed_by", models.CharField(default="", db_default="", max_length=80)
        ),
        migrations.AddField("attachment", "typed_at", models.DateTimeField(null=True)),
        migrations.AddConstraint(
            "attachment",
            models.CheckConstraint(
                condition=Q(document_kind="", typed_by="", typed_at=None)
                | (Q(document_kind__in=KINDS, typed_at__isnull=False) & ~Q(typed_by="")),
                name="attachment_kind_known_and_said_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            "attachment",
            models.CheckConstraint(
                condition=Q(expires_on=None) | Q(document_kind__in=("identity", "authority")),
                name="attachment_ends_where_its_kind_may",
            ),
        ),
    ]
