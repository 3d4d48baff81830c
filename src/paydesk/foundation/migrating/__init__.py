"""What migrations of every package are made with."""
