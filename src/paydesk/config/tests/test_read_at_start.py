"""What a process reads before it does anything: every start of the desk pays for it."""

from __future__ import annotations

import subprocess
import sys

# Of what matches, learns and measures; a process that does none of it reads none of these.
ENGINES = ("duckdb", "ibis", "numpy", "pandas", "pyarrow", "pyspark", "scipy", "sklearn", "sqlglot")
START = """
import sys, django
django.setup()
import paydesk.config.urls, paydesk.config.wsgi, paydesk.foundation.outbox.worker
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def test_web_server_and_worker_start_without_any_engine_of_data() -> None:
    read = subprocess.run([sys.executable, "-c", START], capture_output=True, text=True, check=True)
    assert not set(ENGINES) & set(read.stdout.split())
