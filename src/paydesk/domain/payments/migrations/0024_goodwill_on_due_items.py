"""What goodwill pays of a due item is an allocation without a payment that names the goodwill."""

from django.db import migrations, models
from django.db.models import Q

from paydesk.kernel.sql_files import sql_beside


class Migration(migrations.Migration):
    dependencies = [("payments", "0023_a_write_off_undone")]
    operations = [
        migrations.AddField("allocation", "goodwill_id", models.BigIntegerField(null=True)),
        migrations.AddConstraint(
            "allocation",
            models.CheckConstraint(
                condition=Q(goodwill_id__isnull=True) | Q(payment__isnull=True),
                name="allocation_goodwill_is_no_payment",
            ),
        ),
        migrations.AddIndex(
            "allocation",
            models.Index(
                fields=["goodwill_id"], name="allocation_goodwill", condition=Q(goodwill_id__isnull=False)
            ),
        ),
        migrations.RunSQL(sql_beside(__file__, "0024_goodwill_on_due_items.sql"), migrations.RunSQL.noop),
    ]
