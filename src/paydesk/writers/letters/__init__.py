"""Letters from Word templates: places like {{ payment.amount }} are filled; an open one is refused."""

from paydesk.writers.letters.docx import LetterRefused, places_of, write_letter

__all__ = ["LetterRefused", "places_of", "write_letter"]
