"""Django's view of this package."""

from django.apps import AppConfig


class AssignmentsConfig(AppConfig):
    name = "paydesk.foundation.assignments"
    label = "assignments"
    verbose_name = "Assignments"
