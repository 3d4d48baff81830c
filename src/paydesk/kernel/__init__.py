"""The vocabulary every package shares: Money, Lifecycle, Actor, Refused, public codes. Plain Python."""
