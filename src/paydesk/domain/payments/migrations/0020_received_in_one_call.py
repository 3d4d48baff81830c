"""What rows prove is booked in one call, and what a batch has nothing of is passed over."""

from django.db import migrations

from paydesk.kernel.sql_files import sql_beside


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0019_owner_and_link"),
    ]

    operations = [
        migrations.RunSQL(sql_beside(__file__, "0020_received_in_one_call.sql"), migrations.RunSQL.noop),
    ]
