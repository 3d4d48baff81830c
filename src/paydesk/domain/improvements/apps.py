"""Django's view of this package."""

from django.apps import AppConfig


class ImprovementsConfig(AppConfig):
    name = "paydesk.domain.improvements"
    label = "improvements"
