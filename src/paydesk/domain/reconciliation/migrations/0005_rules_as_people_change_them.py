"""Versions of the rules, proposals to change them, and from how many matches on one is made."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0004_more_ways_to_resolve")]

    operations = [
        migrations.CreateModel(
            name="RuleLearning",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("matches_needed", models.PositiveSmallIntegerField(default=3)),
                ("changed_by", models.CharField(default="", max_length=80)),
                ("changed_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "reconciliation_learning",
                "constraints": [
                    models.CheckConstraint(condition=Q(id=1), name="rule_learning_one_row"),
                    models.CheckConstraint(
                        condition=Q(matches_needed__gte=2, matches_needed__lte=100),
                        name="rule_learning_matches_in_bounds",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RuleProposal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("shape", models.CharField(max_length=40)),
                ("rule", models.CharField(max_length=60)),
                ("number", models.CharField(max_length=30)),
                ("was", models.IntegerField()),
                ("value", models.IntegerField()),
                ("rules_version", models.CharField(max_length=40)),
                (
                    "match_ids",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                ("days", models.IntegerField(default=0)),
                ("agreed", models.IntegerField(default=0)),
                ("contradicted", models.IntegerField(default=0)),
                ("undecided", models.IntegerField(default=0)),
                ("state", models.CharField(default="open", max_length=10)),
                ("made_at", models.DateTimeField()),
                ("decided_by", models.CharField(default="", max_length=80)),
                ("decided_at", models.DateTimeField(null=True)),
                ("reason", models.TextField(default="")),
            ],
            options={
                "db_table": "reconciliation_rule_proposal",
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(state__in=["open", "asked", "adopted", "refused"]),
                        name="proposal_state_known",
                    ),
                    models.UniqueConstraint(
                        fields=["shape"],
                        condition=Q(state__in=["open", "asked"]),
                        name="proposal_one_of_a_shape",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RulesVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("label", models.CharField(max_length=40, unique=True)),
                ("based_on", models.CharField(max_length=40)),
                ("text", models.TextField()),
                ("state", models.CharField(default="asked", max_length=10)),
                ("note", models.TextField()),
                ("asked_by", models.CharField(max_length=80)),
                ("asked_at", models.DateTimeField()),
                ("decided_by", models.CharField(default="", max_length=80)),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "proposal",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="reconciliation.ruleproposal",
                    ),
                ),
            ],
            options={
                "db_table": "reconciliation_rules_version",
                "indexes": [
                    models.Index(condition=Q(state="adopted"), fields=["-decided_at"], name="rules_newest")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(state__in=["asked", "adopted", "refused"]), name="rules_state_known"
                    ),
                    models.CheckConstraint(
                        condition=~Q(state="adopted")
                        | (~Q(decided_by=F("asked_by")) & Q(decided_at__isnull=False)),
                        name="rules_adopted_by_two",
                    ),
                ],
            },
        ),
    ]
