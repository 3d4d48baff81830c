"""Two files reconciled without a database: whatever they are, who names what, and a report to file."""
