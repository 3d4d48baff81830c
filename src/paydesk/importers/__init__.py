"""File -> typed lines, one folder per format. Plain Python: bytes in, records out, in order, streaming."""
