"""Dates and amounts are written alike in every language of the desk, so that none is read wrongly."""
