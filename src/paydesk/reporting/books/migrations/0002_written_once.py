"""Exports are written once, the horizon has its row, and entries are found by day without a large index."""

from django.db import migrations

from paydesk.foundation.audit import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("books", "0001_tables"),
        ("ledger", "0003_chart_of_accounts"),
        ("audit", "0002_append_only_function"),
    ]
    operations = [
        *append_only.operations("books_journal_export"),
        *append_only.operations("books_journal_copy"),
        migrations.RunSQL(
            "INSERT INTO books_horizon (id, summed_through, waits_for) OVERRIDING SYSTEM VALUE VALUES (1, 0, '{}')",
            migrations.RunSQL.noop,
        ),
        # Entries come nearly in the order of their days: a block range index costs posting next to nothing.
        migrations.RunSQL(
            "CREATE INDEX ledger_entry_days ON ledger_entry USING brin (booked_on, posted_at)"
            " WITH (pages_per_range = 32, autosummarize = on)",
            "DROP INDEX ledger_entry_days",
        ),
    ]
