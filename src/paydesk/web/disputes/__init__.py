"""Contested payments: the queue, evidence, the answer to the scheme, what became of it."""
