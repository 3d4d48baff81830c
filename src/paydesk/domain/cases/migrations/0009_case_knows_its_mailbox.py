"""The mailbox that a case was written to, so that the same one answers it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0008_draft_keeps_its_facts")]

    operations = [
        migrations.AddField(
            "case",
            "mailbox",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="cases.mailbox",
            ),
        ),
    ]
