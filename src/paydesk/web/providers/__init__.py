"""Our accounts with providers: roles, how far their files reach, saved file profiles."""
