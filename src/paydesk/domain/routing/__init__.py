"""Whom a case goes to: ordered rules name a team, in it whoever is at work and has the least to do."""
