"""Reads of the books for the controller: each figure with the rows behind it."""
