"""How long identity documents are kept is a class of its own."""

from django.db import migrations, models
from django.db.models import Q

CLASSES = [
    "drafts", "case_text", "case_files", "identity_files", "mail_left", "packs", "working_papers", "books",
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("retention", "0003_mail_that_led_to_no_case")]

    operations = [
        migrations.RemoveConstraint("retentionrule", "retention_rule_is_sound"),
        migrations.AddConstraint(
            "retentionrule",
            models.CheckConstraint(
                condition=Q(data_class__in=CLASSES, keep_days__gt=0) & ~Q(source=""),
                name="retention_rule_is_sound",
            ),
        ),
    ]
