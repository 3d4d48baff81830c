"""dLocal: the report of transactions (semicolons) and the settlement report with its two headers.

The settlement report begins with a header and one HEADER row of totals, the transfer to our bank; a second
header and the rows it is made of follow.
"""

from __future__ import annotations

from paydesk.importers.dlocal.settlement import DlocalSettlement
from paydesk.importers.dlocal.transactions import DlocalTransactions

__all__ = ["DlocalSettlement", "DlocalTransactions"]
