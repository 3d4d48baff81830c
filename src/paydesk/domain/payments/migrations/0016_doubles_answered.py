"""Doubles of unknown payers are noticed too, and a person can say that somebody paid twice on purpose."""

from django.db import migrations, models

from paydesk.kernel.sql_files import sql_beside


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0015_matched_by_hand"),
    ]

    operations = [
        migrations.AddField(
            model_name="possibledouble",
            name="on_purpose_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="possibledouble",
            name="on_purpose_by",
            field=models.CharField(db_default="", default="", max_length=80),
        ),
        migrations.RemoveIndex(model_name="possibledouble", name="possible_double_newest"),
        migrations.AddIndex(
            model_name="possibledouble",
            index=models.Index(
                condition=models.Q(("on_purpose_at__isnull", True)),
                fields=["market", "-value_on"],
                name="possible_double_newest",
            ),
        ),
        migrations.AddConstraint(
            model_name="possibledouble",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("on_purpose_at__isnull", True), ("on_purpose_by", "")),
                    models.Q(
                        ("on_purpose_at__isnull", False), models.Q(("on_purpose_by", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="possible_double_answered_by_somebody",
            ),
        ),
        migrations.RunSQL(sql_beside(__file__, "0016_doubles_answered.sql"), migrations.RunSQL.noop),
    ]
