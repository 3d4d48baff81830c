"""Days proven against the provider, and the exceptions that are left: overview, day, queue, one opened."""
