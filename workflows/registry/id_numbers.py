"""Checks of an 18-character ID number: checksum and date of birth (domain.md 6, S42)."""

from datetime import date

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"


def check_character(first_seventeen: str) -> str:
    """Return the check character of the first 17 digits."""
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, first_seventeen, strict=True))
    return CHECK_CHARACTERS[total % 11]


def birth_of(number: str) -> date | None:
    """Return the date of birth in `number`, None where it is no date."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def is_valid(number: str) -> bool:
    """Return whether `number` has 18 characters, a real date of birth and the right check character."""
    if len(number) != 18 or not (number.isascii() and number[:17].isdigit()) or birth_of(number) is None:
        return False
    return check_character(number[:17]) == number[17].upper()
