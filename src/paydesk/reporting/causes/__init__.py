"""Why cases come: cases per 1,000 payments by provider, method and cause, and by week."""
