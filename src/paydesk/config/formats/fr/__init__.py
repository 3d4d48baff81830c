"""How French pages write dates and figures."""
