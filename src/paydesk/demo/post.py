"""The mailboxes of the demo company: folders of this machine, so that mail comes and goes without servers.

`customer_side` of the web writes into them as a customer would and shows what left.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from paydesk.demo.markets import COMPANY, MARKETS
from paydesk.domain.cases.actions import add_mailbox
from paydesk.kernel.actor import Actor


def mailboxes(by: Actor, at: datetime) -> None:
    """One for each market."""
    for n, market in enumerate(MARKETS):
        address = f"help.{market.code.lower()}@demo.example"
        add_mailbox(
            address=address, name=COMPANY, market=market.code, imap={"folder": address}, imap_secret="",
            smtp={"folder": address}, smtp_secret="", by=by, now=at + timedelta(minutes=n),
        )  # fmt: skip
