"""Clients of outside systems: they ask and hand back what was said. No tables, no rules."""
