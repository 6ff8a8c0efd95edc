"""Checks of an 18-character ID number: checksum, date of birth, sex (domain.md 6, S42)."""

from datetime import date

from django.utils.translation import gettext as _

from portal import clock

from .models.choices import Sex

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
OLDEST = 120


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


def sex_of(number: str) -> str:
    """Return the sex in `number`, empty where it tells none: the 17th digit is odd for a man."""
    if len(number) != 18 or number[16] not in "0123456789":
        return ""
    return Sex.MALE if int(number[16]) % 2 else Sex.FEMALE


def is_valid(number: str) -> bool:
    """Return whether `number` has 18 characters, a real date of birth and the right check character."""
    if len(number) != 18 or not (number.isascii() and number[:17].isdigit()) or birth_of(number) is None:
        return False
    return check_character(number[:17]) == number[17].upper()


def is_old(number: str) -> bool:
    """Return whether `number` is one of the 15-digit numbers, out of use since 2013."""
    return len(number) == 15 and number.isascii() and number.isdigit()


def complaint(number: str) -> str:
    """Return what is wrong with `number` and what to do about it; empty where nothing is or none is given."""
    if not number:
        return ""
    if is_old(number):
        return _("这是 15 位的旧号码，早已停用，请照二代身份证或户口簿填 18 位的；查不到的先到派出所核实")
    if len(number) != 18:
        return _("身份证号校验不对：要 18 位，这里是 %(n)s 位") % {"n": len(number)}
    born_on = birth_of(number) if is_valid(number) else None
    if born_on is None or not 0 <= clock.today().year - born_on.year <= OLDEST or born_on > clock.today():
        return _("身份证号校验不对，请照证件逐位核对")
    return ""
