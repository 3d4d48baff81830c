"""Money that is asked back: reserved, owed, let go."""

from django.db import migrations

from paydesk.kernel.sql_files import sql_beside


class Migration(migrations.Migration):
    dependencies = [("payments", "0006_corrections")]
    operations = [migrations.RunSQL(sql_beside(__file__, "0007_reservations.sql"), migrations.RunSQL.noop)]
