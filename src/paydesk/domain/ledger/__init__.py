"""Double entry: accounts, journal entries, postings, balances, closed periods."""
