"""Administration of people: who works here, with which roles and markets, and how they sign in."""
