"""PAYDESK_HOME, the folder with everything an installation keeps, and what its processes are told."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from paydesk.kernel.refused import Refused


def home() -> Path:
    """The home folder, made when missing. Raises Refused when this account may not write there."""
    folder = Path(os.environ.get("PAYDESK_HOME") or ".paydesk").absolute()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        # As root the database server, which is another account then, has to pass through; nobody may list.
        folder.mkdir(mode=0o700 if os.geteuid() else 0o711, exist_ok=True)
        for name in ("log", "documents"):
            (folder / name).mkdir(mode=0o700, exist_ok=True)
    except FileExistsError:
        raise Refused(f"{folder} is in the way: paydesk keeps a folder there (PAYDESK_HOME).") from None
    except OSError:
        _refuse_foreign(folder)
    if not os.access(folder, os.W_OK) or not os.access(folder / "log", os.W_OK):
        _refuse_foreign(folder)
    return folder


def _refuse_foreign(folder: Path) -> None:
    raise Refused(
        f"{folder} cannot be written by this account: start paydesk as the account that owns it, "
        "or set PAYDESK_HOME to a folder of your own."
    )


def secret_key(folder: Path) -> str:
    """The key that signs sessions; made once, readable by this account alone."""
    path = folder / "secret-key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = path.read_text().strip()
        if key:
            return key
        path.unlink()  # a start was killed between making and writing it
        return secret_key(folder)
    key = secrets.token_urlsafe(48)
    with os.fdopen(descriptor, "w") as file:
        file.write(key)
    return key


def told(folder: Path, database_url: str) -> dict[str, str]:
    """The environment variables of every process of this installation."""
    return {
        "PAYDESK_HOME": str(folder),
        "PAYDESK_SECRET_KEY": os.environ.get("PAYDESK_SECRET_KEY") or secret_key(folder),
        "DATABASE_URL": database_url,
        "DJANGO_SETTINGS_MODULE": "paydesk.config.settings",
    }


def rotated_log(path: Path, *, limit_bytes: int = 10_000_000) -> Path:
    """`path`, begun anew when it has grown large; one older piece is kept."""
    if path.exists() and path.stat().st_size > limit_bytes:
        path.replace(path.with_name(path.name + ".1"))
    return path
