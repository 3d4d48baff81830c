"""Posting, and what keeps the books: checked when they are written, never changed."""

from django.db import migrations

from paydesk.foundation.audit import append_only
from paydesk.kernel.sql_files import sql_beside


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0001_tables"),
        ("audit", "0002_append_only_function"),
    ]
    operations = [
        migrations.RunSQL(sql_beside(__file__, "0002_posting.sql"), migrations.RunSQL.noop),
        *append_only.operations("ledger_entry", insert=False),
        *append_only.operations("ledger_posting", insert=False),
        *append_only.operations("ledger_account", insert=False),
        *append_only.operations("ledger_chart", insert=False),
    ]
