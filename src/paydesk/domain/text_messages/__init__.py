"""Text messages to the phones the ledger knows: codes that prove who somebody is, short notices."""
