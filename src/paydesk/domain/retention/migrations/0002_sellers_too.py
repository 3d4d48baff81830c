"""A seller, creator or merchant who is no customer may be forgotten and held as well."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


def _party() -> models.ForeignKey:
    return models.ForeignKey(
        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.party"
    )


class Migration(migrations.Migration):
    dependencies = [("parties", "0003_name_words"), ("retention", "0001_tables")]

    operations = [
        migrations.AddField("legalhold", "party", _party()),
        migrations.AddField("erasure", "party", _party()),
        migrations.AlterField(
            "erasure",
            "customer",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="parties.customer",
            ),
        ),
        migrations.RemoveConstraint("legalhold", "legal_hold_of_one_thing"),
        migrations.AddConstraint(
            "legalhold",
            models.CheckConstraint(
                condition=Q(customer__isnull=False, case_id=None, party=None)
                | Q(customer=None, case_id__isnull=False, party=None)
                | Q(customer=None, case_id=None, party__isnull=False),
                name="legal_hold_of_one_thing",
            ),
        ),
        migrations.AddConstraint(
            "legalhold",
            models.UniqueConstraint(
                fields=["party"], condition=Q(lifted_at=None), name="legal_hold_of_seller_once"
            ),
        ),
        migrations.AddConstraint(
            "erasure",
            models.UniqueConstraint(
                fields=["party"], condition=Q(state="asked"), name="erasure_of_seller_asked_once"
            ),
        ),
        migrations.AddConstraint(
            "erasure",
            models.CheckConstraint(
                condition=Q(customer__isnull=False, party=None) | Q(customer=None, party__isnull=False),
                name="erasure_of_one_person",
            ),
        ),
    ]
