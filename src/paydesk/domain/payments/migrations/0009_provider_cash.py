"""Posting what provider rows prove beside payments, matching it, and undoing it with its file."""

from django.db import migrations

from paydesk.foundation.audit import append_only
from paydesk.kernel.sql_files import sql_beside


class Migration(migrations.Migration):
    dependencies = [("payments", "0008_provider_rows"), ("audit", "0002_append_only_function")]
    operations = [
        migrations.RunSQL(sql_beside(__file__, "0009_provider_cash.sql"), migrations.RunSQL.noop),
        *append_only.operations("payments_shownbalance"),
    ]
