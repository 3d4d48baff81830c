"""Ready texts and letters: what is there, in which languages, and writing it."""
