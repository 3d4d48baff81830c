"""Why cases come, on the screen: per 1,000 payments, over time, and what nobody had to ask."""
