"""Clocks: by when something has to be done, by which calendar and policy, and who hears when it is not."""
