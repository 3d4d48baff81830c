"""The chart of accounts, from `rules.CHART`."""

from django.db import migrations

from paydesk.domain.ledger.rules import CHART


def fill(apps, schema_editor):
    apps.get_model("ledger", "ChartRow").objects.bulk_create(
        apps.get_model("ledger", "ChartRow")(
            code=account.code,
            name=account.name,
            type=account.type,
            key=account.key,
            keeps_balance=account.keeps_balance,
        )
        for account in CHART
    )


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_posting")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
