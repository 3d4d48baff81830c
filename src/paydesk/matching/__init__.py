"""Two tables in, matches and exceptions out. Plain Python that knows no file format and no table of ours."""
