"""An exception may be resolved by posting what is missing, or by writing a small difference off."""

from django.db import migrations, models
from django.db.models import Q

HOW = [
    "matched", "proven", "fee", "fx", "rounding", "written_off", "posted", "chased", "timing",
    "error_in_file", "done_elsewhere",
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0003_settlements")]

    operations = [
        migrations.RemoveConstraint("reconciliationexception", "exception_resolved_says_how"),
        migrations.AddConstraint(
            "reconciliationexception",
            models.CheckConstraint(
                condition=Q(state="resolved", resolution__in=HOW, resolved_at__isnull=False)
                | (~Q(state="resolved") & Q(resolution="", resolved_at=None)),
                name="exception_resolved_says_how",
            ),
        ),
    ]
