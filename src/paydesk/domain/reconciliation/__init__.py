"""Runs per account and day, what they could not prove, and the days that two people signed."""
