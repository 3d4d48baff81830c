"""Staff, teams, roles, rights and markets."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "paydesk.foundation.people"
    label = "people"
    verbose_name = "People"

    def ready(self) -> None:
        from paydesk.foundation.audit.queries import narrows_trail
        from paydesk.foundation.people.restricted import readable

        narrows_trail(readable)
