"""Providers, the accounts we hold with them, and how their files are read."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from paydesk.domain.providers.expected import EVERY_DAY, Expected, due_weekdays

ROLES = [
    ("originates", "Originates payments"),
    ("settles", "Settles (receives sweeps and payouts)"),
    ("evidence", "Evidence only"),
]
KINDS = [("mobile_money", "Mobile money"), ("psp", "Payment service provider"), ("bank", "Bank")]


class Provider(models.Model):
    """A company that moves money for us: a mobile-money operator, a payment service provider or a bank."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=20, choices=KINDS)

    def __str__(self) -> str:
        return self.name


class SourceAccount(models.Model):
    """One account we hold with a provider; its files and callbacks say what happened on it.

    `identifier` is the provider's number for it (paybill, till, merchant account, IBAN). `ledger_code` is the
    account of the chart that its receipts are booked on: 1020 at a provider, 1010 at a bank. Rows are
    expected on `expected_weekdays` (empty: as usual for its kind) from `expected_from` until `expected_to`,
    the cut-off (None: as they came before), by its own clock; not on holidays of its market where
    `closed_on_holidays` says so.
    """

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="source_accounts")
    market = models.CharField(max_length=2)
    name = models.CharField(max_length=100)
    identifier = models.CharField(max_length=64)
    currency = models.CharField(max_length=3)
    role = models.CharField(max_length=20, choices=ROLES)
    ledger_code = models.CharField(max_length=4, default="1020")
    time_zone = models.CharField(max_length=40, default="UTC")
    expected_every_days = models.PositiveSmallIntegerField(default=1)
    expected_weekdays = ArrayField(models.SmallIntegerField(), default=list)
    expected_from = models.TimeField(null=True)
    expected_to = models.TimeField(null=True)
    closed_on_holidays = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "identifier"], name="source_account_identifier_once"),
            models.CheckConstraint(
                condition=models.Q(role__in=[r for r, _ in ROLES]), name="source_account_role_known"
            ),
            models.CheckConstraint(
                condition=models.Q(ledger_code__in=["1010", "1020"]), name="source_account_ledger_code_known"
            ),
            models.CheckConstraint(
                condition=models.Q(expected_from__isnull=True, expected_to__isnull=True)
                | (
                    models.Q(expected_from__isnull=False, expected_to__isnull=False)
                    & ~models.Q(expected_from=models.F("expected_to"))
                ),
                name="source_account_expected_hours_sound",
            ),
            models.CheckConstraint(
                condition=models.Q(expected_weekdays__contained_by=list(EVERY_DAY)),
                name="source_account_expected_weekdays_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def expected(self) -> Expected:
        """When rows of it are expected, holidays aside: `queries.expected_of` knows those."""
        days = due_weekdays(self.provider.kind, self.expected_weekdays)
        return Expected(days, self.expected_from, self.expected_to)


class FileProfile(models.Model):
    """How the files of one source account are read: the saved mapping, recognised again by its header."""

    source_account = models.ForeignKey(SourceAccount, on_delete=models.PROTECT, related_name="profiles")
    name = models.CharField(max_length=100)
    fingerprint = models.CharField(max_length=64, db_index=True)
    mapping = models.JSONField()
    version = models.PositiveIntegerField(default=1)
    is_current = models.BooleanField(default=True)
    created_by = models.CharField(max_length=80)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source_account", "fingerprint"],
                condition=models.Q(is_current=True),
                name="one_current_profile_per_header",
            )
        ]


class CallbackEndpoint(models.Model):
    """Where a provider sends what happened on one of our accounts by itself.

    `dialect` says which messages are understood there, by its code in dialects/. `allowed_networks` (CIDR)
    limits who may send, empty for anybody who knows the secret address. `also_numbers` are further numbers of
    ours for messages to name.
    """

    source_account = models.OneToOneField(
        SourceAccount, on_delete=models.PROTECT, related_name="callback_endpoint"
    )
    dialect = models.CharField(max_length=20)
    allowed_networks = ArrayField(models.CharField(max_length=49), default=list)
    also_numbers = ArrayField(models.CharField(max_length=64), default=list)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(dialect__regex=r"^[a-z][a-z0-9_]{1,19}$"),
                name="callback_dialect_is_a_code",
            ),
        ]


class CallbackSecret(models.Model):
    """One secret of a callback address; the table holds its hash and what it is made from, never itself.

    `ends_at` is None for the secret in use. An older one stays good until then, so that nothing is lost while
    the provider is told the new address.
    """

    endpoint = models.ForeignKey(CallbackEndpoint, on_delete=models.PROTECT, related_name="secrets")
    nonce = models.CharField(max_length=32)
    digest = models.BinaryField(max_length=32, unique=True)
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint"], condition=models.Q(ends_at=None), name="one_current_callback_secret"
            ),
        ]
