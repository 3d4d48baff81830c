"""Goodwill: giving it from a case, one of it with its story, undoing it."""
