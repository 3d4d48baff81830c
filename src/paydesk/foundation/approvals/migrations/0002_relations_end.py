"""Being close to an account may end; what ended stays on record."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0001_approvals"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="relation",
            name="relation_once",
        ),
        migrations.AddField(
            model_name="relation",
            name="ended_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="relation",
            name="ended_by",
            field=models.CharField(default="", max_length=80),
        ),
        migrations.AddConstraint(
            model_name="relation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)),
                fields=("person_id", "party_kind", "party_id"),
                name="relation_once_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="relation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_at", None), models.Q(("ended_by", ""), _negated=True), _connector="OR"
                ),
                name="relation_ended_by_somebody",
            ),
        ),
    ]
