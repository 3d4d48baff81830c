"""Reversal requests of payers that a provider passes on: the queue, the answers, the proof."""
