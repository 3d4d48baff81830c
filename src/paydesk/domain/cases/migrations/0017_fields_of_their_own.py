"""Fields that a company adds to its cases: their definitions, and their values on each case."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import migrations, models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower
from django.db.models.lookups import Exact

TYPES = ["text", "number", "amount", "date", "yes_no", "choice", "phone"]


class Migration(migrations.Migration):
    dependencies = [("cases", "0016_made_files_know_what_they_tell")]

    operations = [
        migrations.CreateModel(
            "CaseField",
            [
                ("id", models.BigAutoField(primary_key=True, auto_created=True, serialize=False,
                                           verbose_name="ID")),
                ("key", models.CharField(max_length=30, unique=True)),
                ("label", models.CharField(max_length=60)),
                ("type", models.CharField(max_length=10)),
                ("help_text", models.CharField(default="", db_default="", max_length=200)),
                ("choices", models.JSONField(default=list, db_default=[])),
                ("categories", models.JSONField(default=list, db_default=[])),
                ("is_required", models.BooleanField(default=False, db_default=False)),
                ("is_retired", models.BooleanField(default=False, db_default=False)),
                ("version", models.IntegerField(default=1, db_default=1)),
                ("changed_by", models.CharField(max_length=80)),
                ("changed_at", models.DateTimeField()),
            ],
            {
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(key__regex="^[a-z][a-z0-9_]*$"), name="case_field_key_is_plain"
                    ),
                    models.CheckConstraint(condition=Q(type__in=TYPES), name="case_field_type_known"),
                    models.CheckConstraint(condition=~Q(label=""), name="case_field_has_a_name"),
                    models.CheckConstraint(
                        condition=Q(type="choice") & ~Q(choices=[]) | ~Q(type="choice") & Q(choices=[]),
                        name="case_field_choice_has_answers",
                    ),
                    models.UniqueConstraint(
                        Lower("label"), condition=Q(is_retired=False), name="case_field_name_once"
                    ),
                ],
            },
        ),
        migrations.AddField("case", "field_values", models.JSONField(default=dict, db_default={})),
        migrations.AddConstraint(
            "case",
            models.CheckConstraint(
                condition=Exact(
                    Func(F("field_values"), function="jsonb_typeof", output_field=models.TextField()),
                    Value("object"),
                ),
                name="case_field_values_by_key",
            ),
        ),
        migrations.AddIndex(
            "case",
            GinIndex(
                OpClass("field_values", name="jsonb_path_ops"), name="case_field_values",
                condition=~Q(field_values={}),
            ),
        ),
    ]  # fmt: skip
