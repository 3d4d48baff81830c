"""A named view of a list, and which one a person sees first."""

from __future__ import annotations

from django.db import models

from paydesk.foundation.people.models import Person


class SavedView(models.Model):
    """The filters and order of one list under a name. `query` is the address after the question mark."""

    id = models.BigAutoField(primary_key=True)
    place = models.CharField(max_length=20)
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=500)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="saved_views")
    is_shared = models.BooleanField(default=False, db_default=False)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "saved_views_view"
        constraints = [
            models.UniqueConstraint(fields=["person", "place", "name"], name="saved_view_name_once"),
            models.UniqueConstraint(
                fields=["place", "name"],
                condition=models.Q(is_shared=True),
                name="shared_view_name_once",
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="saved_view_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class FirstView(models.Model):
    """The view a person sees first when they come to a list."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    place = models.CharField(max_length=20)
    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="+")

    class Meta:
        db_table = "saved_views_first"
        constraints = [
            models.UniqueConstraint(fields=["person", "place"], name="first_view_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.place}"
