"""What is usual on a route: an account of a provider and the method (channel) on it."""

from django.db import models

from paydesk.domain.providers.models import SourceAccount
from paydesk.reporting.routes.rules import STEPS


class RouteNorm(models.Model):
    """Half and 95 of 100 payments took no longer for a step; channel "" is the whole account."""

    source_account = models.ForeignKey(SourceAccount, on_delete=models.CASCADE, db_index=False)
    channel = models.TextField()
    step = models.CharField(max_length=10)
    count = models.IntegerField()
    half_seconds = models.BigIntegerField()
    most_seconds = models.BigIntegerField()
    measured_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source_account", "channel", "step"], name="route_norm_once"),
            models.CheckConstraint(condition=models.Q(step__in=list(STEPS)), name="route_norm_step_known"),
        ]
