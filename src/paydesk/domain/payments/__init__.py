"""Money received: received, identified, allocated, unapplied, in suspense."""
