"""The extension behind the look-ups for parts of names and numbers."""

from typing import ClassVar

from django.db import DatabaseError, migrations, transaction

from paydesk.kernel.refused import Refused


def add(apps, schema_editor):
    """pg_trgm is a trusted extension: the owner of the database may add it. Says what to do where not."""
    try:
        with transaction.atomic(using=schema_editor.connection.alias):
            schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DatabaseError as problem:
        name = schema_editor.connection.settings_dict["NAME"]
        raise Refused(
            f"The database needs the extension pg_trgm and this role cannot add it ({str(problem).strip()}). "
            f"Install PostgreSQL's contrib modules if it is not on the server, run as a superuser in database "
            f"{name}: CREATE EXTENSION pg_trgm; then start again."
        ) from problem


class Migration(migrations.Migration):
    initial = True
    dependencies: ClassVar = []
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
