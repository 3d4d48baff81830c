"""Damage files of every format for some minutes, to see whether an importer crashes or hangs.

Needs no database. With atheris installed (`pip install atheris`, Apache-2.0; Linux and macOS) the damage is
led by which code it reaches; else it is drawn by chance. What breaks an importer, or makes it break its word
(records.py), is kept as a file, with exit 1.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from random import Random

from paydesk.cli.outcomes import BROKEN, DONE, WrongUse, add_json, say

MOST_KEPT = 20
LONGEST_SECONDS = 20
LARGEST_BYTES = 256 * 1024
TOLD_EVERY_SECONDS = 15


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--minutes", type=int, default=5, metavar="N", help="how long (5)")
    parser.add_argument("--corpus", metavar="FOLDER", help="begin with the files of this folder as well")
    parser.add_argument("--engine", choices=("atheris", "chance"), help="how the damage is led")
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N", help="of chance: the same again (by time)"
    )
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    if args.minutes < 1:
        raise WrongUse("--minutes is a number above 0.")
    if args.corpus and not Path(args.corpus).is_dir():
        raise WrongUse(f"There is no folder {args.corpus}.")
    engine = args.engine or ("atheris" if find_spec("atheris") else "chance")
    if engine == "atheris" and not find_spec("atheris"):
        raise WrongUse("atheris is not installed: pip install atheris, or --engine chance.")
    kept = Path(os.environ["PAYDESK_HOME"]) / "fuzz"
    kept.mkdir(parents=True, exist_ok=True)
    files = _files(args.corpus)
    say(f"{len(files):,} files, {args.minutes} minutes, engine {engine}; what breaks is kept in {kept}")
    if engine == "atheris":
        tried, broken = _by_atheris(files, args.minutes * 60, kept)
    else:
        tried, broken = _by_chance(files, args.minutes * 60, args.seed or int(time.time()), kept)
    found = {"engine": engine, "tried": tried, "broken": broken}
    if args.json:
        print(json.dumps(found))
    else:
        print(f"{tried:,} damaged files, {len(broken)} broke an importer.")
        for each in broken:
            print(f"  {each['file']}: {each['why']}")
    return BROKEN if broken else DONE


def _files(corpus: str | None) -> list[bytes]:
    from paydesk.importers.damage import own_samples

    found = own_samples()
    if corpus:
        paths = sorted(path for path in Path(corpus).rglob("*") if path.is_file())
        found += [path.read_bytes() for path in paths if path.stat().st_size <= LARGEST_BYTES]
    return found


def _by_chance(files: list[bytes], seconds: int, seed: int, kept: Path) -> tuple[int, list[dict[str, str]]]:
    from paydesk.importers.damage import Broken, damaged, watched

    chance = Random(seed)
    started = told = time.monotonic()
    tried = 0
    broken: dict[str, dict[str, str]] = {}
    while time.monotonic() - started < seconds and len(broken) < MOST_KEPT:
        content = damaged(chance.choice(files), chance, files)
        tried += 1
        begun = time.monotonic()
        try:
            watched(content)
            why = ""
        except Broken as problem:
            why = str(problem)[:500]
        if (took := time.monotonic() - begun) > LONGEST_SECONDS:
            why = f"it took {took:.0f} s to read {len(content):,} bytes"
        if why and why[:60] not in broken:  # the same error once
            name = f"broken-{hashlib.sha256(content).hexdigest()[:12]}"
            (kept / name).write_bytes(content)
            broken[why[:60]] = {"file": str(kept / name), "why": why}
            say(f"{name}: {why}")
        if time.monotonic() - told > TOLD_EVERY_SECONDS:
            told = time.monotonic()
            say(f"{tried:,} tried, {len(broken)} broke an importer (seed {seed})")
    return tried, list(broken.values())


def _by_atheris(files: list[bytes], seconds: int, kept: Path) -> tuple[int, list[dict[str, str]]]:
    """libFuzzer ends its process, so it runs in one of its own and leaves what broke in `kept`."""
    corpus = kept / "corpus"
    corpus.mkdir(exist_ok=True)
    for content in files:
        (corpus / hashlib.sha256(content).hexdigest()[:16]).write_bytes(content)
    before = set(kept.iterdir())
    done = subprocess.run(
        [
            sys.executable, "-m", "paydesk.cli.fuzz_target", str(corpus), f"-max_total_time={seconds}",
            f"-artifact_prefix={kept}/", f"-timeout={LONGEST_SECONDS}", f"-max_len={LARGEST_BYTES}",
            "-rss_limit_mb=2048", "-print_final_stats=1",
        ],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        errors="replace",
    )  # fmt: skip
    lines = done.stdout.splitlines()
    runs = next((line.split(":")[-1].strip() for line in lines if "number_of_executed_units" in line), "0")
    said = [line.strip() for word in ("Broken:", "ERROR: libFuzzer") for line in lines if word in line]
    why = said[0] if said else ""
    new = [path for path in sorted(kept.iterdir()) if path not in before and path.is_file()]
    if done.returncode and not new:
        why = why or (lines[-1] if lines else "no reason given")
        return int(runs), [{"file": str(kept), "why": f"atheris ended with {done.returncode}: {why[:300]}"}]
    return int(runs), [{"file": str(path), "why": why[:500]} for path in new]
