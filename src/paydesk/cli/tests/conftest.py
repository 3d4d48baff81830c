"""Commands that are tested without a process of their own: starting one takes longer than most of them."""

from __future__ import annotations

from contextlib import nullcontext

import pytest

from paydesk.config import desk


@pytest.fixture
def desk_is_open(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands find the test's own database ready."""
    monkeypatch.setattr(desk, "open_desk", lambda *args, **options: nullcontext())
