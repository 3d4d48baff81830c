"""The trigger function behind every append-only table; it binds the owner as well."""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("audit", "0001_application_role")]
    operations: ClassVar = [
        migrations.RunSQL(
            """
            CREATE FUNCTION refuse_to_change_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
                    USING ERRCODE = 'insufficient_privilege',
                          HINT = 'Record what corrects it instead.';
            END $$
            """,
            "DROP FUNCTION refuse_to_change_append_only()",
        )
    ]
