"""Learning from all payments at once, where nobody else stores any."""

from django.db import migrations

from paydesk.kernel.sql_files import sql_beside


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0016_doubles_answered"),
    ]

    operations = [
        migrations.RunSQL(sql_beside(__file__, "0017_learn_at_once.sql"), migrations.RunSQL.noop),
    ]
