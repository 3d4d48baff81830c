"""Two files reconciled from a screen: kept, read, matched by the worker, looked through, deleted in time."""
