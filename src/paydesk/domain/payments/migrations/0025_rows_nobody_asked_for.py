"""Rows of providers that nobody asked for stand with the reversals: explained later, also money that came."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0024_goodwill_on_due_items"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="reversalrow",
            name="reversal_row_state_known",
        ),
        migrations.RemoveConstraint(
            model_name="reversalrow",
            name="reversal_row_amount_positive",
        ),
        migrations.RemoveConstraint(
            model_name="reversalrow",
            name="reversal_row_matched_has_payment",
        ),
        migrations.AddField(
            model_name="reversalrow",
            name="confirms_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="reversalrow",
            name="entry_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="reversalrow",
            name="explained_as",
            field=models.CharField(db_default="", default="", max_length=16),
        ),
        migrations.AddField(
            model_name="reversalrow",
            name="explained_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddIndex(
            model_name="reversalrow",
            index=models.Index(
                condition=models.Q(
                    ("amount_minor__gt", 0), ("kind__in", ["reversal", "chargeback"]), ("state", "open")
                ),
                fields=["source_account", "id"],
                name="reversal_row_seeks",
            ),
        ),
        migrations.AddIndex(
            model_name="reversalrow",
            index=models.Index(
                condition=models.Q(("state", "explained")),
                fields=["explained_as", "explained_id"],
                name="reversal_row_explained",
            ),
        ),
        migrations.AddConstraint(
            model_name="reversalrow",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["open", "matched", "confirmed", "explained", "withdrawn"])),
                name="reversal_row_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="reversalrow",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor", 0), _negated=True), name="reversal_row_amount_not_zero"
            ),
        ),
        migrations.AddConstraint(
            model_name="reversalrow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("payment__isnull", False), ("state__in", ["matched", "confirmed"])),
                    models.Q(("payment__isnull", True), ("state__in", ["open", "explained", "withdrawn"])),
                    _connector="OR",
                ),
                name="reversal_row_matched_has_payment",
            ),
        ),
        migrations.AddConstraint(
            model_name="reversalrow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("entry_id__isnull", False),
                        ("state", "explained"),
                        models.Q(("explained_as", ""), _negated=True),
                    ),
                    models.Q(("state", "explained"), _negated=True),
                    _connector="OR",
                ),
                name="reversal_row_explained_is_posted",
            ),
        ),
        migrations.AddConstraint(
            model_name="reversalrow",
            constraint=models.UniqueConstraint(
                condition=models.Q(("confirms_id__isnull", False)),
                fields=("confirms_id",),
                name="reversal_row_confirms_once",
            ),
        ),
    ]
