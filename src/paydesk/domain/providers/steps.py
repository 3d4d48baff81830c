"""Saving how a source account's files are read, inside another verb's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from paydesk.domain.providers.models import FileProfile, SourceAccount
from paydesk.foundation.audit import steps as audit
from paydesk.kernel.actor import Actor


def save_profile(
    account: SourceAccount,
    *,
    name: str,
    fingerprint: str,
    mapping: Mapping[str, Any],
    by: Actor,
    at: datetime,
) -> FileProfile:
    """Save `mapping` as the profile of `account` for files with this header; older ones stay as versions."""
    earlier = FileProfile.objects.select_for_update().filter(
        source_account=account, fingerprint=fingerprint, is_current=True
    )
    version = 1
    for profile in earlier:
        if profile.mapping == mapping and profile.name == name:
            return profile
        version = profile.version + 1
        profile.is_current = False
        profile.save(update_fields=["is_current"])
    saved = FileProfile.objects.create(
        source_account=account,
        name=name,
        fingerprint=fingerprint,
        mapping=mapping,
        version=version,
        created_by=by.label,
        created_at=at,
    )
    audit.record(
        "profile.saved",
        subject=("file_profile", saved.pk),
        by=by,
        at=at,
        changes={"profile": name, "version": version, "source_account_id": account.pk},
        market=account.market,
    )
    return saved
