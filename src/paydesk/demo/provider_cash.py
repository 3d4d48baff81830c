"""What the provider does with the money: its balance after every row, its fees, the sweep to the bank."""

from __future__ import annotations

from datetime import date, datetime, time

from paydesk.demo.layouts import LAYOUTS
from paydesk.demo.markets import DemoAccount, DemoMarket
from paydesk.demo.mess import Ids
from paydesk.demo.rows import Row

STAYS_STEPS = 100  # rounding steps that stay in the wallet when it is swept
FLOAT_STEPS = 20
TEXTS = {"sweep": "Settlement to bank", "float_transfer": "Float transfer", "fee": "Service charge"}


class ProviderCash:
    """The balance of one account as the provider or bank keeps it, in minor units."""

    def __init__(self, market: DemoMarket, account: DemoAccount) -> None:
        self.market = market
        self.account = account
        self.layout = LAYOUTS[account.layout]
        self.balance = market.round_minor * (20_000 if account.role == "settles" else STAYS_STEPS)

    def run(self, rows: list[Row]) -> None:
        """Set the balance of every row, oldest first."""
        for row in rows:
            self.balance += row.net
            row.balance = self.balance

    def close_day(self, day: date, rows: list[Row], ids: Ids) -> tuple[list[Row], Row | None]:
        """The day's rows with fees, float transfers and the sweep among them, and what goes to the bank."""
        rows = self.with_fees(day, rows, ids)
        step = self.market.round_minor
        if day.weekday() == 0 and self.layout.sweeps_itself and rows:
            at = datetime.combine(day, time(23, 10))
            rows.append(self._out("float_transfer", step * FLOAT_STEPS, at, ids))
        self.run(rows)
        if not self.layout.sweeps_itself:
            batch = f"STL-{self.account.identifier[-4:]}-{day:%y%m%d}"
            paid = [row for row in rows if row.status == "success"]
            for row in paid:
                row.batch = batch
            total = sum(row.net for row in paid)
            self.balance -= total
            if total <= 0:
                return rows, None
            return rows, Row(datetime.combine(day, time(23, 40)), "sweep", "success", -total, "", batch=batch)
        sweep = self.sweep(day, ids)
        return ([*rows, sweep] if sweep else rows), sweep

    def sweep(self, day: date, ids: Ids) -> Row | None:
        """What goes to the bank at the end of `day`; None when there is too little."""
        amount = self.balance - self.market.round_minor * STAYS_STEPS
        if amount <= 0:
            return None
        row = self._out("sweep", amount, datetime.combine(day, time(23, 40)), ids)
        self.run([row])
        return row

    def run_history(self, rows: list[Row]) -> None:
        """Balances for the rows of a month; fees were billed apart then. The bank's files of that time are
        not here, so nothing left for it: the first evening sweeps what was collected."""
        for row in rows:
            row.fee = row.fee if self.layout.fees == "in the row" else 0
        self.run(rows)
        if self.account.provider_kind == "bank":
            return
        if not self.layout.sweeps_itself:
            self.balance = 0

    def with_fees(self, day: date, rows: list[Row], ids: Ids) -> list[Row]:
        """The rows with fees as this provider shows them: after each payment under its id, or one a day."""
        if self.layout.fees == "in the row":
            return rows
        found: list[Row] = []
        total = 0
        for row in rows:
            found.append(row)
            if row.kind == "payment" and row.status == "success" and not row.broken:
                total += row.fee
                if self.layout.fees == "own row" and row.fee:
                    found.append(Row(row.at, "fee", "success", -row.fee, row.provider_ref))
            row.fee = 0
        if self.layout.fees == "once a day" and total:
            found.append(self._out("fee", total, datetime.combine(day, time(23, 5)), ids))
        return found

    def bank_statement(self, last: date, rows: list[Row], ids: Ids) -> tuple[list[Row], int]:
        """The rows of a statement up to `last` with the bank's own charge, and the balance before them."""
        opening = self.balance
        at = datetime.combine(last, time(22))
        charge = self._out("fee", self.market.round_minor // 2, at, ids)
        charge.text = "ACCOUNT MAINTENANCE CHARGE"
        found = sorted([*rows, charge], key=lambda row: (row.at, row.provider_ref))
        self.run(found)
        return found, opening

    def _out(self, kind: str, amount: int, at: datetime, ids: Ids) -> Row:
        provider_ref, network_ref = ids.take(at)
        text = TEXTS.get(kind, "")
        return Row(at, kind, "success", -amount, provider_ref, network_ref=network_ref, text=text)
