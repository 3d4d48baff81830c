"""Django's view of this package."""

from django.apps import AppConfig


class PricingConfig(AppConfig):
    name = "paydesk.domain.pricing"
    label = "pricing"

    def ready(self) -> None:
        from paydesk.foundation.audit import append_only

        append_only.declare("pricing_ratecard")
        append_only.declare("pricing_rate")
