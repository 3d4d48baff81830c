"""What was said in one case and stands in another too, since it was split off into it."""

from __future__ import annotations

from django.db import models


class SplitOff(models.Model):
    """A message that stands in `case` too. It stays where it was said, to be read there as before.

    With `goes_along` nobody waits for its answer in the case it came `out_of` any more. `is_answered` says
    that it had one by then, so that nobody waits for it in `case` either.
    """

    message = models.ForeignKey("cases.Message", on_delete=models.PROTECT, related_name="splits")
    out_of = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="splits", db_index=False)
    goes_along = models.BooleanField()
    is_answered = models.BooleanField()

    class Meta:
        app_label = "cases"
        constraints = [
            models.UniqueConstraint(fields=["case", "message"], name="message_split_off_once"),
        ]
