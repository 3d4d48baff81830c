"""What every payment runs through is planned once per connection."""

from django.db import migrations

from paydesk.kernel.sql_files import sql_beside


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0013_rounding_and_fees_back"),
    ]

    operations = [
        migrations.RunSQL(sql_beside(__file__, "0014_plans_are_kept.sql"), migrations.RunSQL.noop),
    ]
