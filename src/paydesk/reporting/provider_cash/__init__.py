"""Does 1020 equal what the provider shows, since when not, and which hours of which channel are missing."""
