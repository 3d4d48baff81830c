"""Intake: files come in, are mapped, previewed and posted, and say what became of every row."""
