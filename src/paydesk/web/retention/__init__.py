"""How long what is kept, legal holds, wishes to be forgotten, redactions, the proof of the nights."""
