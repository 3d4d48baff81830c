"""Home: the payments analyst's morning, in the order in which it is worked through."""
