"""Receipts by hand: entering one with its evidence, how each is proven."""
