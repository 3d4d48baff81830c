"""Django's view of this package."""

from django.apps import AppConfig


class SavedViewsConfig(AppConfig):
    name = "paydesk.foundation.saved_views"
    label = "saved_views"
    verbose_name = "Saved views"
