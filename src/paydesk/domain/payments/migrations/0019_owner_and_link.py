"""A phone whose owner also pays for somebody else, as a link tells, decides nothing by itself."""

from django.db import migrations

from paydesk.kernel.sql_files import sql_beside


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0018_taken_apart_and_again"),
    ]

    operations = [
        migrations.RunSQL(sql_beside(__file__, "0019_owner_and_link.sql"), migrations.RunSQL.noop),
    ]
