"""Django's view of this package."""

from django.apps import AppConfig


class ProvidersConfig(AppConfig):
    name = "paydesk.domain.providers"
    label = "providers"
