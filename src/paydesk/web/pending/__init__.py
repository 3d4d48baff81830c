"""Payments that a provider accepted and has not finished: asked about, then taken over by a person."""
