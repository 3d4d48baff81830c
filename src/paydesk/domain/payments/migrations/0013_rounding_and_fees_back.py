"""A provider's rounding is booked, and so is a fee that it gives back."""

from django.db import migrations

from paydesk.kernel.sql_files import sql_beside


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0012_possible_doubles"),
    ]

    operations = [
        migrations.RunSQL(sql_beside(__file__, "0013_rounding_and_fees_back.sql"), migrations.RunSQL.noop),
    ]
