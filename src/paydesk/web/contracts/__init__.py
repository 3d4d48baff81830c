"""Contracts: the list, one contract, loading them from a file, making one by hand, activating."""
