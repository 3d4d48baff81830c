"""Side conversations of a case: asking, answering, closing; what waits for somebody on their home."""
