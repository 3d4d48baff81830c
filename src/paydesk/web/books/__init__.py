"""Books: trial balance, tie-out, aged lists, days, journal exports, statements of account."""
