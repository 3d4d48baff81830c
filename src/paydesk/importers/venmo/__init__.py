"""Venmo exports: the transactions of an account, and its balances by period.

Amounts carry their sign before the currency sign ("- $220.00"). What was paid from a card or a bank account
left the balance as it was: such rows are lines like the others, and are counted in a warning, because the
rows then do not add up to the balance.
"""

from __future__ import annotations

from paydesk.importers.venmo.balances import VenmoBalances
from paydesk.importers.venmo.transactions import VenmoTransactions

__all__ = ["VenmoBalances", "VenmoTransactions"]
