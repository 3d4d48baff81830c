"""Financed accounts: terms, due items and the append-only credit events that pay them."""
