"""What providers tell us by themselves, and what we ask them when they are silent."""
