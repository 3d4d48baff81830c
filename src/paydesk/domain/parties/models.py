"""Customers, the phone numbers they may pay from, the documents that say who they are."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Lower, Reverse, Upper

from paydesk.domain.parties.rules import IDENTITY_KINDS, PARTY_KINDS


class Customer(models.Model):
    """A person or business that owes us. `external_ref` is the company's own number for them."""

    market = models.CharField(max_length=2)
    name = models.CharField(max_length=200)
    external_ref = models.CharField(max_length=64)
    opened_at = models.DateTimeField()
    created_by = models.CharField(max_length=80)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["market", "external_ref"], name="customer_external_ref_once")
        ]
        indexes = [
            models.Index(Lower("name"), name="customer_lower_name"),  # the order of lists
            models.Index(OpClass(Lower("name"), name="text_pattern_ops"), name="customer_name_begins"),
            GinIndex(OpClass(Lower("name"), name="gin_trgm_ops"), name="customer_name_part"),
            models.Index(OpClass(Upper("external_ref"), name="text_pattern_ops"), name="customer_ref_begins"),
        ]

    def __str__(self) -> str:
        return self.name


class CustomerPhone(models.Model):
    """A number this customer is known to use, as E.164 digits without the plus."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="phones", db_index=False)
    msisdn = models.CharField(max_length=15)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["customer", "msisdn"], name="customer_phone_once")]
        indexes = [
            # Whole numbers and beginnings; ends; what stands in between.
            models.Index(fields=["msisdn"], name="customer_phone_begins", opclasses=["varchar_pattern_ops"]),
            models.Index(OpClass(Reverse("msisdn"), name="text_pattern_ops"), name="customer_phone_ends"),
            GinIndex(fields=["msisdn"], name="customer_phone_part", opclasses=["gin_trgm_ops"]),
        ]


class CustomerIdentity(models.Model):
    """A number of a document that says who this customer is. `key` is its comparison form.

    Two customers may have the same: somebody who was entered twice. It is shown to nobody without a reveal
    (foundation/people/masking.py), and stands in no record of the trail.
    """

    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="identities", db_index=False
    )
    kind = models.CharField(max_length=20)
    number = models.CharField(max_length=60)
    key = models.CharField(max_length=30)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "kind", "key"], name="customer_identity_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=list(IDENTITY_KINDS)), name="customer_identity_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(key__regex=r"^[0-9A-Z]{5,30}$"), name="customer_identity_key_sound"
            ),
        ]
        indexes = [models.Index(fields=["key"], name="customer_identity_whole")]

    @property
    def kind_words(self) -> str:
        return IDENTITY_KINDS[self.kind]


class Party(models.Model):
    """A merchant, seller or creator whose money passes through us. `external_ref` is the platform's number.

    What is owed to them stands on accounts of the chart whose key is "party" (2060, 2065, 2070).
    """

    market = models.CharField(max_length=2)
    kind = models.CharField(max_length=10)
    name = models.CharField(max_length=200)
    external_ref = models.CharField(max_length=64)
    opened_at = models.DateTimeField()
    created_by = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["market", "external_ref"], name="party_external_ref_once"),
            models.CheckConstraint(condition=models.Q(kind__in=list(PARTY_KINDS)), name="party_kind_known"),
        ]
        indexes = [
            models.Index(Lower("name"), name="party_lower_name"),  # the order of lists
            models.Index(OpClass(Lower("name"), name="text_pattern_ops"), name="party_name_begins"),
            GinIndex(OpClass(Lower("name"), name="gin_trgm_ops"), name="party_name_part"),
        ]

    def __str__(self) -> str:
        return self.name


class NameWord(models.Model):
    """A word that stands in the name of some customer or seller, in small letters; triggers add them.

    A misspelt word is looked for among these: they are a thousand times fewer than customers.
    """

    word = models.TextField(primary_key=True)

    class Meta:
        indexes = [GinIndex(fields=["word"], name="name_word_part", opclasses=["gin_trgm_ops"])]
