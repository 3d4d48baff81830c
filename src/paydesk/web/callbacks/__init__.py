"""Where providers send their callbacks, what came of them, and payments that are not final yet."""
