"""Who works on something that waits, what happens next until when, and what people noted about it."""
