"""Rows of providers in doubt: taken back without their payment, on the way without their other end."""
