"""Incidents on the screen: the queue, one with its cases and money, what everybody is told."""
