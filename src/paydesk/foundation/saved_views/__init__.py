"""Views of a list that people named: its filters and order, kept for themselves or shared."""
