"""How Swahili pages write dates and figures."""
