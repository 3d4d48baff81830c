"""Files that hold rows of another one: what is to be handed over again once that one is un-posted."""

from __future__ import annotations

from django.db.models import F

from paydesk.domain.statements.models import SourceFile


def files_with_same_rows(file: SourceFile, most: int = 5) -> list[SourceFile]:
    """Posted files of the same account that held rows known before, in the same time, the newest first."""
    others = SourceFile.objects.filter(
        source_account=file.source_account, state="posted", known_count__gt=0
    ).exclude(pk=file.pk)
    if file.covers_from and file.covers_to:
        others = others.filter(covers_from__lte=file.covers_to, covers_to__gte=file.covers_from)
    return list(others.order_by(F("posted_at").desc(nulls_last=True))[:most])
