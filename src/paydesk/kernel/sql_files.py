"""Long SQL sits in a .sql file beside the migration that runs it."""

from pathlib import Path


def sql_beside(migration_file: str, name: str) -> str:
    """The text of `name`, a .sql file in the folder of `migration_file` (pass `__file__`)."""
    return (Path(migration_file).parent / name).read_text(encoding="utf-8")
