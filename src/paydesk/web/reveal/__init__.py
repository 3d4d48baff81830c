"""Revealing a masked name or phone number of one customer or payer, for a reason."""
