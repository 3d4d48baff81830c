"""Paystack's lists: transactions, and the settlements that pay them to our bank, as its API answers.

A file is an answer with its `data`, a list of records, or one record per line. Amounts are in the smallest
unit (kobo, pesewas), for Paystack a hundredth of every currency. A page of several says that others are
missing.
"""

from __future__ import annotations

from paydesk.importers.paystack_lists.settlements import PaystackSettlements
from paydesk.importers.paystack_lists.transactions import PaystackTransactions

__all__ = ["PaystackSettlements", "PaystackTransactions"]
