"""Template tags of the desk, built into every template."""
