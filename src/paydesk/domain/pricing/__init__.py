"""Rate cards: what a provider may keep back of a payment, effective-dated."""
