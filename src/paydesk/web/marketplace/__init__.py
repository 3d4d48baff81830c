"""Sellers of a marketplace: the list, one seller with balance and story, a withdrawal, taking in a file."""
