"""A payment may count from an earlier day than its row says."""

from django.db import migrations, models
from django.db.models import F, Q

from paydesk.kernel.sql_files import sql_beside


class Migration(migrations.Migration):
    dependencies = [("payments", "0020_received_in_one_call")]
    operations = [
        migrations.AddField("payment", "counts_on", models.DateField(null=True)),
        migrations.AddConstraint(
            "payment",
            models.CheckConstraint(
                condition=Q(counts_on__isnull=True) | Q(counts_on__lt=F("value_on")),
                name="payment_counts_from_earlier",
            ),
        ),
        migrations.RunSQL(
            sql_beside(__file__, "0021_counts_from_an_earlier_day.sql"), migrations.RunSQL.noop
        ),
    ]
