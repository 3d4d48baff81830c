"""Owner and next step of a thing, by its link (kind, id), and the notes about it."""

from __future__ import annotations

from django.db import models

from paydesk.foundation.people.models import Person


class Assignment(models.Model):
    """Who works on the thing named by the link, and what happens next until `next_step_on`.

    One per thing, made when somebody first takes it or says what is next. Of which market the thing is, its
    package knows; it stands here so that lists can be counted without it.
    """

    id = models.BigAutoField(primary_key=True)
    subject_kind = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    market = models.CharField(max_length=2)
    owner = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="assignments")
    next_step = models.CharField(max_length=200, default="", db_default="")
    next_step_on = models.DateField(null=True)
    version = models.IntegerField(default=1, db_default=1)
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "assignments_assignment"
        constraints = [
            models.UniqueConstraint(fields=["subject_kind", "subject_id"], name="assignment_once"),
            models.CheckConstraint(
                condition=models.Q(next_step="", next_step_on=None)
                | (~models.Q(next_step="") & models.Q(next_step_on__isnull=False)),
                name="assignment_next_step_has_a_day",
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "subject_kind", "subject_id"], name="assignment_of_owner"),
            models.Index(
                fields=["subject_kind", "next_step_on"],
                name="assignment_next_step",
                condition=models.Q(next_step_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject_kind} {self.subject_id}"


class Note(models.Model):
    """What somebody noted about the thing named by the link. Never edited; its text can be erased, once."""

    id = models.BigAutoField(primary_key=True)
    subject_kind = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    market = models.CharField(max_length=2)
    text = models.TextField()
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="notes")
    at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "assignments_note"
        constraints = [
            models.CheckConstraint(
                condition=(~models.Q(text="") & models.Q(erased_at=None))
                | models.Q(text="", erased_at__isnull=False),
                name="note_says_something_until_erased",
            ),
        ]
        indexes = [models.Index(fields=["subject_kind", "subject_id", "at"], name="note_of_subject")]

    def __str__(self) -> str:
        return f"{self.subject_kind} {self.subject_id} {self.at:%Y-%m-%d}"
