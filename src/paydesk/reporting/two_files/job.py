"""One piece of a run in a process of its own: reading a file, or matching two that were read.

    python -m paydesk.reporting.two_files.job read|match FOLDER

The folder holds asked.json; what was made stays in it. Progress and the outcome are lines of JSON on standard
output. Whoever started it holds its standard input: when that closes, the job ends. So a large file costs the
worker no memory, a cancelled run stops at once, and no run outlives its worker.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from paydesk.kernel.refused import Refused
from paydesk.reporting.two_files.column_map import map_of
from paydesk.reporting.two_files.facts import facts_of
from paydesk.reporting.two_files.intake import MapAsked, TakenIn, take_in
from paydesk.reporting.two_files.proposal import proposed_header

Say = Callable[[str, int, int], None]
MOST_UNKNOWN = 200


def read_side(asked: Mapping[str, Any], say: Say) -> dict[str, Any]:
    """Take one file in: `source`, `side`, `map`, `target`. What it is, or what has to be said about it."""
    from paydesk.matching.rules import default_rules

    source, target = Path(asked["source"]), Path(asked["target"])
    say("reading", 0, 1)
    how = map_of(asked["map"] or {}, source.name)
    part = target.with_suffix(".part")
    try:
        taken = take_in(source, asked["side"], how, default_rules(), part, may_guess=bool(asked["map"]))
    except Refused as refused:
        part.unlink(missing_ok=True)
        text = _own_words(refused.text, asked["side"], source)
        if isinstance(refused, MapAsked):
            words = dict(list(refused.words.items())[:MOST_UNKNOWN])
            return {"asks": text, "words": words, "header": proposed_header(source)}
        return {"refused": text}
    facts = facts_of(part)
    os.replace(part, target)
    return {
        "told": {
            "format": taken.format,
            "rows": taken.rows,
            "unreadable": taken.unreadable,
            "warnings": taken.warnings,
            "columns": dict(taken.columns),
            "header": taken.header,
            "rules_version": default_rules().version,
            **facts.to_json(),
        }
    }


def _own_words(text: str, side: str, source: Path) -> str:
    """The sentence of the command for a screen that shows which file it is about."""
    plain = text.removeprefix(f"{side}, {source.name}: ")
    return plain.partition(" Name them with --map")[0]


def match_sides(asked: Mapping[str, Any], say: Say) -> dict[str, Any]:
    """Match two sides that were taken in and write the result into `result`, which is whole or not there."""
    from paydesk.matching.engines import engine_at
    from paydesk.matching.rules import default_rules
    from paydesk.reporting.two_files.outputs import write_folder, write_summary
    from paydesk.reporting.two_files.result_rows import make_rows
    from paydesk.reporting.two_files.run import Asked, match_sides, summary_of
    from paydesk.reporting.two_files.workbook import MOST_ROWS, write_workbook

    started = time.monotonic_ns()
    rules, result = default_rules(), Path(asked["result"])
    sides = {side: Path(path) for side, path in asked["sides"].items()}
    taken = {
        side: TakenIn(sides[side], told["rows"], told["unreadable"], told["format"], told["warnings"])
        for side, told in asked["told"].items()
    }
    files = {side: Path(path) for side, path in asked["files"].items()}
    part = result.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    steps = len(rules.passes) + 4
    with engine_at("duckdb", asked["memory_limit"]) as engine:
        found = match_sides(engine, taken, rules, lambda what, done, _: say(what, done, steps))
        summary = write_folder(engine, found, part)
    run = Asked(files["left"], files["right"], part, rules)
    told = summary_of(run, taken, summary, "duckdb", started)
    write_summary(part, told)
    say("rows to look through", steps - 2, steps)
    counts = make_rows(part, sides)
    say("workbook", steps - 1, steps)
    has_workbook = max(counts.values()) <= min(MOST_ROWS, int(asked["workbook_rows"]))
    if has_workbook:
        write_workbook(part / "result.xlsx", part, sides, told)
    shutil.rmtree(result, ignore_errors=True)
    os.replace(part, result)
    return {"summary": told, "counts": counts, "workbook": has_workbook}


JOBS: dict[str, Callable[[Mapping[str, Any], Say], dict[str, Any]]] = {
    "read": read_side,
    "match": match_sides,
}


def main(arguments: list[str]) -> int:
    """Do one job; the outcome is the last line of standard output. Exit 1 when it broke."""
    name, folder = arguments
    os.nice(5)  # people's clicks and the posting of payments come first
    threading.Thread(target=_end_with_whoever_started_us, daemon=True).start()
    asked = json.loads(Path(folder, "asked.json").read_text(encoding="utf-8"))
    try:
        outcome = JOBS[name](asked, lambda what, done, of: _line({"doing": what, "done": done, "of": of}))
    except Refused as refused:
        outcome = {"refused": refused.text}
    _line({"outcome": outcome})
    return 0


def _line(values: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(values) + "\n")
    sys.stdout.flush()


def _end_with_whoever_started_us() -> None:
    while sys.stdin.buffer.read(1):
        pass
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
