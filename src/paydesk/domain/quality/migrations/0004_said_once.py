"""Scorecards, plans and what customers say are written once."""

from django.db import migrations

from paydesk.foundation.audit import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("quality", "0003_reviews_and_what_customers_say"),
        ("audit", "0002_append_only_function"),
    ]

    operations = [
        *append_only.operations("quality_scorecard"),
        *append_only.operations("quality_sampling_plan"),
        *append_only.operations("quality_csat_answer"),
    ]
