"""Amounts in capital figures (大写), as bank papers and approval forms write them (domain.md section 6)."""

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_YI = 10**8
# 10^12 yuan; above it no form of a county makes sense.
MOST_FEN = 10**14


def capital(fen: int) -> str:
    """Return `fen` in capital figures, without 人民币: 1640902 gives 壹万陆仟肆佰零玖元零贰分.

    零 stands once for any run of empty places inside the amount, and for empty 角 before 分. 整 closes an
    amount that ends at 元 or 角, none follows 分. Raises ValueError below 0 and above 10^12 yuan.
    """
    if type(fen) is not int or not 0 <= fen <= MOST_FEN:
        raise ValueError("大写金额要在 0 到一万亿元之间")
    yuan, rest = divmod(fen, 100)
    jiao, left = divmod(rest, 10)
    words = _whole(yuan) + "元" if yuan else ""
    if not rest:
        return (words or "零元") + "整"
    if jiao:
        words += _DIGITS[jiao] + "角"
    elif yuan:
        words += "零"
    return words + (_DIGITS[left] + "分" if left else "整")


def _whole(number: int) -> str:
    """Return a whole number above 0: what stands before 亿 is read as a number of its own."""
    if number >= _YI:
        head, tail = divmod(number, _YI)
        return _whole(head) + "亿" + _tail(tail, _YI)
    if number >= 10**4:
        head, tail = divmod(number, 10**4)
        return _section(head) + "万" + _tail(tail, 10**4)
    return _section(number)


def _tail(number: int, unit: int) -> str:
    """Return what follows a unit: with 零 before it where its first place is empty."""
    if not number:
        return ""
    return ("" if number >= unit // 10 else "零") + _whole(number)


def _section(number: int) -> str:
    """Return a number of up to four digits."""
    words, gap = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            words += ("零" if gap and words else "") + _DIGITS[digit] + _PLACES[place]
        gap = not digit
    return words


def figures(fen: int) -> str:
    """Return `fen` in figures with thousands apart and two decimals, as a form has them: ¥16,409.02."""
    sign = "-" if fen < 0 else ""
    yuan, rest = divmod(abs(fen), 100)
    return f"{sign}¥{yuan:,}.{rest:02d}"
