"""The words of names are noted, so that misspelt ones are found."""

from django.db import migrations

from paydesk.kernel.sql_files import sql_beside


class Migration(migrations.Migration):
    dependencies = [
        ("parties", "0002_tables"),
    ]
    operations = [
        migrations.RunSQL(sql_beside(__file__, "0003_name_words.sql"), migrations.RunSQL.noop),
    ]
