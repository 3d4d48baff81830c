"""Two files reconciled: drop both, say how they are read, run, look through what differs, take it along."""
