"""Other ways to reconcile, timed beside ours: a pandas merge, datacompy, Splink. They are an optional extra.

`pip install -e '.[reconcilers]'`: pandas (BSD-3-Clause), datacompy (Apache-2.0), Splink (MIT). Each does what
it is for on the same two sides, in a process of its own (`python -m` this module, NAME FOLDER): it reads and
matches, leaves its pairs in the folder and prints what it took, the first time and once it is warm.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb

from paydesk.bench.results import Bench, Result
from paydesk.matching.truth import Truth, plant

ROWS, QUICK_ROWS, SEED = 100_000, 20_000, 7
MINUTES = 60
# Payments that one line of ours and one of theirs can prove, and those of them that share no id.
BY_LIKENESS = ("by_phone", "by_reference", "typo", "masked")
BY_ID = ("matched", "cut_off", "duplicate_provider", "duplicate_ledger")
PEERS = {"pandas": "pandas", "datacompy": "datacompy", "Splink": "splink"}
TASKS = {
    "pandas": "a merge on the id and one on the reference",
    "datacompy": "one comparison on the id",
    "Splink": "the lines that share no id",
}
WITHOUT_IDS = ("Splink",)
Pairs = list[tuple[str, str]]


def beside(bench: Bench) -> Iterator[Result]:
    """CPU, memory, precision and recall of each peer that is here and of ours, once, on sides of their own.

    pandas alone may have come with something else: it is no sign that peers are wanted.
    """
    names = [name for name, package in PEERS.items() if find_spec(package)]
    if names in ([], ["pandas"]):
        bench.say("pandas, datacompy and Splink are not installed (the extra `reconcilers`).")
        return
    rows = min(bench.rows or (QUICK_ROWS if bench.quick else ROWS), ROWS)
    with tempfile.TemporaryDirectory(prefix="paydesk-bench-") as folder:
        truth = plant(Path(folder), rows, SEED)
        for name in ("paydesk", *names):
            bench.say(f"Beside it, {rows:,} payments: {name} ...")
            outcome = subprocess.run(
                [sys.executable, "-m", "paydesk.bench.reconcile_peers", name, folder],
                check=False,
                capture_output=True,
                text=True,
                timeout=MINUTES * 60,
            )
            if outcome.returncode:
                said = outcome.stderr.strip().splitlines() or ["nothing"]
                bench.say(f"{name} could not be measured; it said: {said[-1]}")
                continue
            spent = json.loads(outcome.stdout.splitlines()[-1])
            what = f"reconcile: {name}, {rows:,} payments" + (f", {TASKS[name]}" if name in TASKS else "")
            yield Result(f"{what}: CPU", round(spent["cpu"], 3), "s")
            yield Result(f"{what}: CPU of a first run", round(spent["first_cpu"], 3), "s")
            yield Result(f"{what}: wall", round(spent["wall"], 3), "s")
            yield Result(f"{what}: peak memory of the process", round(spent["peak_mib"]), "MiB")
            yield from _quality(what, truth, Path(folder) / f"{name}.json")


def _quality(what: str, truth: Truth, pairs: Path) -> Iterator[Result]:
    """The pairs found against those planted: of all, then of the payments that share no id."""
    number = "regexp_extract({}, '[0-9]+')"
    with duckdb.connect() as connection:
        for named, kinds in (("", (*BY_ID, *BY_LIKENESS)), (" without an id in common", BY_LIKENESS)):
            if not named and pairs.stem in WITHOUT_IDS:
                continue
            listed = ", ".join(f"'{kind}'" for kind in kinds)
            said, right, found, planted = connection.execute(
                f"""
                WITH planted AS (
                    SELECT kind, {number.format("greatest(left_id, right_id)")} AS number
                    FROM '{truth.planted}'
                ), pair AS (
                    SELECT p.kind, {number.format("f.ours")} AS ours, {number.format("f.theirs")} AS theirs
                    FROM read_json('{pairs}', columns = {{ours: 'VARCHAR', theirs: 'VARCHAR'}}) f
                    JOIN planted p ON p.number = {number.format("f.ours")}
                )
                SELECT count(*) FILTER (kind IN ({listed}) OR ours <> theirs),
                    count(*) FILTER (kind IN ({listed}) AND ours = theirs),
                    count(DISTINCT ours) FILTER (kind IN ({listed}) AND ours = theirs),
                    (SELECT count(*) FROM planted WHERE kind IN ({listed})) FROM pair
                """
            ).fetchall()[0]
            if said:
                yield Result.against(f"{what}: precision{named}", right, "pairs", said)
            yield Result.against(f"{what}: recall{named}", found, "payments", max(planted, 1))


def _ours(folder: Path) -> Pairs:
    """Every pass of the rules; what they confirm alone."""
    from paydesk.matching.engines import duckdb_engine
    from paydesk.matching.rules import default_rules
    from paydesk.matching.run import match
    from paydesk.reporting.two_files.outputs import write_folder

    with duckdb_engine() as engine:
        sides = (engine.read(folder / f"{side}.parquet") for side in ("left", "right"))
        write_folder(engine, match(engine, *sides, default_rules()), folder / "out")
    with duckdb.connect() as connection:
        return connection.execute(
            f"SELECT left_id, right_id FROM read_csv('{folder / 'out' / 'matches.csv'}', all_varchar = true) "
            "WHERE status = 'confirmed' AND left_id <> '' AND right_id <> ''"
        ).fetchall()


def _sides(folder: Path) -> tuple[Any, Any]:
    pandas = import_module("pandas")
    left, right = (pandas.read_parquet(folder / f"{side}.parquet") for side in ("left", "right"))
    return left[left["status"] == "success"], right[right["status"] == "success"]


def _merged(left: Any, right: Any, key: str) -> Any:
    """Lines of one key, amount and currency met, the n-th with the n-th."""
    keys = [key, "amount", "currency"]
    ours, theirs = (
        side[side[key].notna()].assign(nth=lambda each: each.groupby(keys).cumcount())
        for side in (left, right)
    )
    return ours.merge(theirs, on=[*keys, "nth"], suffixes=("_ours", "_theirs"))


def _pandas(folder: Path) -> Pairs:
    left, right = _sides(folder)
    found: Pairs = []
    for key in ("provider_key", "reference_key"):
        met = _merged(left, right, key)
        found += list(zip(met["id_ours"], met["id_theirs"], strict=True))
        left, right = left[~left["id"].isin(met["id_ours"])], right[~right["id"].isin(met["id_theirs"])]
    return found


def _datacompy(folder: Path) -> Pairs:
    """A comparison of two tables by key: which rows both have, and which of their columns differ."""
    columns = ["provider_key", "id", "amount", "currency", "status"]
    left, right = (side[side["provider_key"].notna()][columns] for side in _sides(folder))
    compare = import_module("datacompy").PandasCompare(left, right, join_columns=["provider_key"])
    both = compare.intersect_rows
    same = both[both["amount_match"] & both["currency_match"]]
    return list(zip(same["id_df1"], same["id_df2"], strict=True))


def _splink(folder: Path) -> Pairs:
    """Probabilistic linkage of what shares no id: trained on the lines themselves, the mutual best kept."""
    splink, library = import_module("splink"), import_module("splink.comparison_library")
    left, right = _sides(folder)
    met = _merged(left, right, "provider_key")
    left, right = left[~left["id"].isin(met["id_ours"])], right[~right["id"].isin(met["id_theirs"])]
    api = import_module("splink.backends.duckdb").DuckDBAPI()
    tables = []
    for name, side in (("ours", left), ("theirs", right)):
        side = side.assign(
            unique_id=side["id"],
            words=[" ".join(sorted(text.lower().replace(".", "").split())) for text in side["name"]],
            hour=side["at"] // 3_600,
        )
        wanted = ["unique_id", "words", "phone", "reference_key", "amount", "currency", "hour"]
        tables.append(api.register(side[wanted], dataset_display_name=name))
    settings = splink.SettingsCreator(
        link_type="link_only",
        comparisons=[
            library.JaroWinklerAtThresholds("words", [0.92, 0.8]),
            library.ExactMatch("phone"),
            library.DamerauLevenshteinAtThresholds("reference_key", [1, 2]),
            library.ExactMatch("hour"),
        ],
        blocking_rules_to_generate_predictions=[splink.block_on("amount", "currency")],
    )
    linker = splink.Linker(tables, settings, log_level="ERROR")
    linker.training.estimate_probability_two_random_records_match(
        [splink.block_on("phone", "amount"), splink.block_on("reference_key", "amount")], recall=0.8
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1_000_000, seed=SEED)
    for rule in (splink.block_on("phone", "amount"), splink.block_on("reference_key", "amount")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    found = linker.inference.predict(threshold_match_probability=0.95).as_pandas_dataframe()
    found = found.sort_values(["match_weight", "unique_id_l", "unique_id_r"], ascending=[False, True, True])
    best = found[~found["unique_id_l"].duplicated() & ~found["unique_id_r"].duplicated()]
    pairs = zip(best["unique_id_l"], best["unique_id_r"], strict=True)
    return [(one, other) if one.startswith("L") else (other, one) for one, other in pairs]


WORK: dict[str, Callable[[Path], Pairs]] = {
    "paydesk": _ours, "pandas": _pandas, "datacompy": _datacompy, "Splink": _splink,
}  # fmt: skip


def _measured(name: str, folder: Path) -> dict[str, float]:
    if package := PEERS.get(name):
        import_module(package)
    spent: dict[str, float] = {}
    for turn in ("first_", ""):
        cpu, wall = time.process_time(), time.perf_counter()
        pairs = WORK[name](folder)
        spent[f"{turn}cpu"], spent[f"{turn}wall"] = time.process_time() - cpu, time.perf_counter() - wall
    told = [{"ours": ours, "theirs": theirs} for ours, theirs in pairs]
    (folder / f"{name}.json").write_text(json.dumps(told), encoding="utf-8")
    return {**spent, "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


if __name__ == "__main__":
    sys.stdout.write(f"{json.dumps(_measured(sys.argv[1], Path(sys.argv[2])))}\n")
