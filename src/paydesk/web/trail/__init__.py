"""The audit trail as a list: who did what to which thing, when, under which seal."""
