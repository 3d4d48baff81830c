"""A person says which payment a provider's row takes back, and takes that apart again; both ends of a transit."""

from django.db import migrations

from paydesk.kernel.sql_files import sql_beside


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0014_plans_are_kept"),
    ]

    operations = [
        migrations.RunSQL(sql_beside(__file__, "0015_matched_by_hand.sql"), migrations.RunSQL.noop),
    ]
