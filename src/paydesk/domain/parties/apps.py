"""Django's view of this package."""

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "paydesk.domain.parties"
    label = "parties"
