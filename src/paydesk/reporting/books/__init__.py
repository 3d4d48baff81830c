"""The controller's figures: trial balance, tie-out, aged lists, journal exports, statements of account."""
