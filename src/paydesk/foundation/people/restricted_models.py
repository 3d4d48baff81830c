"""Tables of restricted views; what they mean for every list stands in restricted.py."""

from __future__ import annotations

from django.db import models


class RestrictedView(models.Model):
    """Something that named people alone see, whatever their role: since when, because of what, until when.

    What it covers stands in RestrictedThing while it lasts; `restricted.readable` reads both for every list.
    """

    id = models.BigAutoField(primary_key=True)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    market = models.CharField(max_length=2)
    begun_by = models.CharField(max_length=80)
    begun_at = models.DateTimeField()
    ended_by = models.CharField(max_length=80, default="", db_default="")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "people_restricted_view"
        constraints = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id"],
                condition=models.Q(ended_at=None),
                name="restricted_view_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject_kind} {self.subject_id}"


class RestrictedThing(models.Model):
    """One thing that a restricted view covers now: the case, its escalation, what was promised in it."""

    id = models.BigAutoField(primary_key=True)
    view = models.ForeignKey(RestrictedView, on_delete=models.CASCADE, related_name="things")
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()

    class Meta:
        db_table = "people_restricted_thing"
        constraints = [
            models.UniqueConstraint(fields=["subject_kind", "subject_id"], name="restricted_thing_once")
        ]

    def __str__(self) -> str:
        return f"{self.subject_kind} {self.subject_id}"


class RestrictedViewer(models.Model):
    """Who is named for a restricted view. `opened_at` is when they last looked, as the trail has it."""

    id = models.BigAutoField(primary_key=True)
    view = models.ForeignKey(RestrictedView, on_delete=models.CASCADE, related_name="viewers")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    named_by = models.CharField(max_length=80)
    named_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "people_restricted_viewer"
        constraints = [
            models.UniqueConstraint(fields=["view", "person"], name="restricted_viewer_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.view_id}"
