"""What every list of waiting things shares: owners, next steps, notes, saved views, acts on many at once."""
