"""Learn categories from labelled cases, and measure what was learnt. Needs no database.

FILE is a CSV with the columns text and category. A model is a folder of plain arrays, made by `train` and
asked by `score`, which wants cases that were not learnt from.
"""

from __future__ import annotations

import argparse
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from paydesk.cli.outcomes import DONE, WrongUse, add_json, say

if TYPE_CHECKING:
    from paydesk.categorising.figures import Figures

SHOWN = {
    "accuracy": "right",
    "macro_f1": "right, each category counting the same (macro F1)",
    "top3": "right among the first three",
    "ece": "between confidence and being right (calibration error)",
    "coverage": "at or above the threshold",
    "precision_at_coverage": "right at or above the threshold",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="train|score", required=True)
    train = verbs.add_parser("train", help="learn from FILE and keep it in DIR", allow_abbrev=False)
    train.add_argument("file", metavar="FILE", help="CSV with the columns text and category")
    train.add_argument(
        "--out", metavar="DIR", required=True, help="the folder of the model; a new one is made"
    )
    train.add_argument(
        "--semantic", action="store_true", help="mix in what texts mean; needs the extra [semantic]"
    )
    score = verbs.add_parser("score", help="measure the model in DIR on FILE", allow_abbrev=False)
    score.add_argument("file", metavar="FILE", help="CSV with the columns text and category")
    score.add_argument("--model", metavar="DIR", required=True, help="a folder that train has made")
    for each in (train, score):
        each.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        add_json(each)


def run(args: argparse.Namespace) -> int:
    """Exit 0 however good the model is; 2 when the file or the model cannot be used."""
    source = Path(args.file)
    if not source.is_file():
        raise WrongUse(f"There is no file {args.file}.")
    if not os.access(source, os.R_OK):
        raise WrongUse(f"{args.file} may not be read by this account.")
    return _train(args, source) if args.verb == "train" else _score(args, source)


def _train(args: argparse.Namespace, source: Path) -> int:
    out = Path(args.out)
    if out.exists() and not out.is_dir():
        raise WrongUse(f"--out names a folder, and {args.out} is a file.")
    there = next(place for place in (out.absolute(), *out.absolute().parents) if place.exists())
    if not there.is_dir() or not os.access(there, os.W_OK):
        raise WrongUse(f"{args.out} cannot be made: {there} is no folder that this account may write to.")
    from paydesk.categorising.labelled import read_labelled
    from paydesk.categorising.learning import train
    from paydesk.categorising.storing import save

    rows = read_labelled(source)
    if without := sum(not row.text.strip() for row in rows):
        say(f"{without:,} row(s) without a text teach nothing and are left out.")
    now = datetime.now(UTC).isoformat(timespec="seconds")
    model = train(rows, semantic=args.semantic, learnt_at=now, progress=say)
    save(model, out)
    measured = dict(model.measured)
    open_gates = sum(gate.is_open for gate in model.gates)
    if args.json:
        found = {**measured, "threshold": model.threshold, "filled_in": open_gates, "model": args.out}
        print(json.dumps(found))
        return DONE
    print(f"Learnt {measured['categories']} categories from {measured['cases']:,} cases; kept in {args.out}.")
    print("Judged on cases left out:")
    _show(measured)
    if model.threshold is None:
        print("  Too few cases to know from how sure on it is right: nothing is filled in.")
    else:
        earned = f"{open_gates} of {len(model.gates)} categories have earned to be filled in by themselves"
        print(f"  threshold {model.threshold:.3f}; {earned}")
    return DONE


def _score(args: argparse.Namespace, source: Path) -> int:
    folder = Path(args.model)
    if not folder.is_dir():
        raise WrongUse(f"There is no folder {args.model}.")
    from paydesk.categorising.labelled import read_labelled
    from paydesk.categorising.scoring import score
    from paydesk.categorising.storing import load

    rows = read_labelled(source)
    found = score(load(folder), rows)
    if args.json:
        print(json.dumps(found))
        return DONE
    print(f"{found['n']:,} cases")
    _show(found)
    print(f"  {found['ms_per_ticket']:>7} ms of processor time a case")
    return DONE


def _show(found: Figures) -> None:
    for name, words in SHOWN.items():
        value = found[name]
        print(f"  {'-' if value is None else f'{value:.1%}':>7} {words}")
