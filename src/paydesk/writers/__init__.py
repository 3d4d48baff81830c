"""Typed values to files: statements, letters, payment files. Plain Python, no tables."""
