"""Spark for its test: the hashed requirements-spark.txt into the environment that runs us.

It is 456 MB and takes half a minute of processor time to unpack, so it comes beside the other tests, at the
lowest priority, and only where Java can run it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

from paydesk.config.install import CHECKOUT, VENV, uv_environment
from paydesk.matching.spark_session import why_no_java, why_no_spark

REQUIREMENTS = CHECKOUT / "requirements-spark.txt"
MOST_SECONDS = 420


def bring_spark(say: Callable[[str], None]) -> None:
    """Install it where it is missing. What is in the way is said; the test of it is then skipped."""
    if missing := why_no_java():
        say(f"{missing} The test of Spark is skipped.")
        return
    if not why_no_spark():
        return
    uv = VENV / "bin" / "uv"
    installer = [str(uv), "pip", "install", "--python", sys.executable]
    if not uv.exists():
        installer = [sys.executable, "-m", "pip", "install", "--quiet"]
    try:
        done = subprocess.run(
            ["nice", "-n", "19", *installer, "--require-hashes", "-r", str(REQUIREMENTS)],
            env=uv_environment() if uv.exists() else dict(os.environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=MOST_SECONDS,
        )
        words = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        failed = (words or ["no reason given"])[-1][:200] if done.returncode else ""
    except (OSError, subprocess.TimeoutExpired) as problem:
        failed = str(problem)[:200]
    if failed:
        say(f"Spark could not be installed, so its test is skipped: {failed}")
