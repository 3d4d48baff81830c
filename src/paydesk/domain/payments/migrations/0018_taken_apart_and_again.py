"""What was taken apart by hand can be matched again; a reversal outlives the file of its payment."""

from django.db import migrations

from paydesk.kernel.sql_files import sql_beside


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0017_learn_at_once"),
    ]

    operations = [
        migrations.RunSQL(sql_beside(__file__, "0018_taken_apart_and_again.sql"), migrations.RunSQL.noop),
    ]
