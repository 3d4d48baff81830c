"""One module per pass. A pass takes what is left of both sides and gives what it found."""
