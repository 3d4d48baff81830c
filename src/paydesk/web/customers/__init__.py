"""Customers: the list, and one customer with contracts, schedule, payments and who did what."""
