"""Customers and the phone numbers they may pay from."""

from django.db import models
from django.db.models.functions import Lower


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
        indexes = [models.Index(Lower("name"), name="customer_lower_name")]

    def __str__(self) -> str:
        return self.name


class CustomerPhone(models.Model):
    """A number this customer is known to use, as E.164 digits without the plus."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="phones", db_index=False)
    msisdn = models.CharField(max_length=15)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["customer", "msisdn"], name="customer_phone_once")]
        indexes = [models.Index(fields=["msisdn"], name="customer_phone_msisdn")]
