"""Lines are stored set by set; what confirms a line is written once."""

from django.db import migrations

from paydesk.foundation.audit import append_only
from paydesk.kernel.sql_files import sql_beside


class Migration(migrations.Migration):
    dependencies = [
        ("statements", "0001_tables"),
        ("audit", "0002_append_only_function"),
    ]
    operations = [
        migrations.RunSQL(sql_beside(__file__, "0002_storing.sql"), migrations.RunSQL.noop),
        *append_only.operations("statements_lineconfirmation"),
    ]
