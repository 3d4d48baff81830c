"""Search: anything a caller may say, answered by kind, ranked, each with the reason."""
