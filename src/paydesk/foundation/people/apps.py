"""Staff, teams, roles, rights and markets."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "paydesk.foundation.people"
    label = "people"
    verbose_name = "People"
