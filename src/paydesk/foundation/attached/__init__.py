"""Which kinds of things hang on a thing at all, asked for all kinds in one statement."""
