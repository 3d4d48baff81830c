"""What atheris runs for `paydesk fuzz`: every importer with its code watched, one damaged file after another.

Not a command of its own: `python -m paydesk.cli.fuzz_target CORPUS [libFuzzer's options]`.
"""

from __future__ import annotations

import sys
from random import Random

import atheris  # type: ignore[import-not-found, unused-ignore]

with atheris.instrument_imports(include=["paydesk.importers"]):
    from paydesk.importers.damage import damaged, watched


def one_file(content: bytes) -> None:
    """A broken promise rises; libFuzzer keeps the file."""
    watched(content)


def led_damage(content: bytes, most: int, seed: int) -> bytes:
    """Half of the time damage as real files have it, else libFuzzer's own."""
    if seed % 2:
        return damaged(content, Random(seed))[:most]
    found: bytes = atheris.Mutate(content, most)
    return found


def main() -> None:
    atheris.Setup(sys.argv, one_file, custom_mutator=led_damage)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
