"""The table of Django's database cache: sign-in attempts are counted there, across all web processes."""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("people", "0001_tables")]
    operations: ClassVar = [
        # As `createcachetable` makes it, but unlogged: losing the counts in a crash costs nothing.
        migrations.RunSQL(
            """
            CREATE UNLOGGED TABLE shared_cache (
                cache_key varchar(255) PRIMARY KEY,
                value text NOT NULL,
                expires timestamptz NOT NULL
            );
            CREATE INDEX shared_cache_expires ON shared_cache (expires);
            """,
            "DROP TABLE shared_cache",
        )
    ]
