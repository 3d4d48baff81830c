"""Improvements on the screen: the queue, one with its evidence and votes, what came of it."""
