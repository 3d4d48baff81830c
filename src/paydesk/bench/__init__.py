"""Benchmarks, each measured beside its floor in the same run. One module per benchmark and one line here.

A module has `measure(bench)`, which yields results; `bench` says the size and reports progress. What is heavy
is imported by the command when it runs.
"""

BENCHMARKS = {
    "categorise": "paydesk.bench.categorise",
    "desk": "paydesk.bench.desk",
    "posting": "paydesk.bench.posting",
    "read": "paydesk.bench.read",
    "reconcile": "paydesk.bench.reconcile",
    "search": "paydesk.bench.search",
}
WITHOUT_DATABASE = {"categorise", "read", "reconcile"}
