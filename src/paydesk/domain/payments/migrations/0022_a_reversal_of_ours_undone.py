"""What we took back ourselves can be put back."""

from django.db import migrations

from paydesk.kernel.sql_files import sql_beside


class Migration(migrations.Migration):
    dependencies = [("payments", "0021_counts_from_an_earlier_day")]
    operations = [
        migrations.RunSQL(sql_beside(__file__, "0022_a_reversal_of_ours_undone.sql"), migrations.RunSQL.noop),
    ]
