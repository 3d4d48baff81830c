"""What was handed to risk or finance is reviewed too, by a scorecard of its own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("quality", "0003_csat_by_a_person_alone"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="review",
            name="review_reason_known",
        ),
        migrations.RemoveConstraint(
            model_name="review",
            name="review_once",
        ),
        migrations.AddField(
            model_name="review",
            name="escalated_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="review",
            name="escalated_kind",
            field=models.CharField(db_default="", default="", max_length=10),
        ),
        migrations.AddField(
            model_name="scorecard",
            name="of",
            field=models.CharField(db_default="case", default="case", max_length=10),
        ),
        migrations.AlterField(
            model_name="scorecard",
            name="version",
            field=models.IntegerField(),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "reason__in",
                        ["share", "month", "amount", "category", "reopened", "by_hand", "calibration"],
                    )
                ),
                name="review_reason_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.UniqueConstraint(
                condition=models.Q(("calibration__isnull", True), ("escalated_kind", "")),
                fields=("case", "agent"),
                name="review_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.UniqueConstraint(
                condition=models.Q(("escalated_kind", ""), _negated=True),
                fields=("escalated_kind", "escalated_id"),
                name="review_of_escalated_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("escalated_id", None), ("escalated_kind", "")),
                    models.Q(("escalated_id__isnull", False), ("escalated_kind__in", ["escalation", "side"])),
                    _connector="OR",
                ),
                name="review_escalated_link",
            ),
        ),
        migrations.AddConstraint(
            model_name="scorecard",
            constraint=models.UniqueConstraint(fields=("of", "version"), name="scorecard_version_once"),
        ),
        migrations.AddConstraint(
            model_name="scorecard",
            constraint=models.CheckConstraint(
                condition=models.Q(("of__in", ["case", "escalation"])), name="scorecard_of_known"
            ),
        ),
    ]
