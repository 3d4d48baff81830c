"""Readable public codes with a check digit: PAY-00012K7, JE-0000AB3. Made from the row's id, never stored."""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
BODY_LENGTH = 6


def check_character(body: str) -> str:
    """The Luhn mod 36 check character of `body` (0-9, A-Z)."""
    total = 0
    for place, character in enumerate(reversed(body)):
        value = ALPHABET.index(character) * (2 if place % 2 == 0 else 1)
        total += value // 36 + value % 36
    return ALPHABET[-total % 36]


def code_of(prefix: str, number: int) -> str:
    """The public code of row `number`: prefix, base 36 body of at least six characters, check character."""
    body = ""
    while number:
        number, digit = divmod(number, 36)
        body = ALPHABET[digit] + body
    body = body.rjust(BODY_LENGTH, "0")
    return f"{prefix}-{body}{check_character(body)}"


def number_of(prefix: str, code: str) -> int | None:
    """The row id behind `code`, or None when the prefix or the check character does not fit."""
    text = code.strip().upper().replace(" ", "")
    if not text.startswith(f"{prefix}-"):
        return None
    body, check = text[len(prefix) + 1 : -1], text[-1:]
    if not body or any(character not in ALPHABET for character in body + check):
        return None
    return int(body, 36) if check_character(body) == check else None


def luhn_digit(digits: str) -> str:
    """The Luhn (mod 10) check digit of `digits`, for account numbers that payers type on a phone's keypad."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)
