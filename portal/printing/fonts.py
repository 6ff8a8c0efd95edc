"""The fonts of sheets: what the server has of those that official papers use, Chinese always among them."""

from functools import cache

import typst

from .errors import NoChineseFont

# GB/T 9704: bodies in 仿宋, titles in 小标宋. Where a county has bought neither, Noto's free ones stand in.
BODY = ("FangSong_GB2312", "FangSong", "STFangsong", "Noto Serif CJK SC", "Source Han Serif SC", "SimSun")
TITLE = ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "Noto Serif CJK SC", "Source Han Serif SC", "SimSun")
SANS = ("Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "SimHei", "WenQuanYi Micro Hei")


@cache
def installed() -> typst.Fonts:
    """Return the fonts of the machine, looked for once for each process."""
    return typst.Fonts()


def choose(families: list[str]) -> dict[str, list[str]]:
    """Return the fonts of body, title and sans, best first, out of `families`.

    A kind without a font of its own takes those of the others. Raises NoChineseFont where there is none.
    """
    found = {
        "body": [name for name in BODY if name in families],
        "title": [name for name in TITLE if name in families],
        "sans": [name for name in SANS if name in families],
    }
    any_of_them = list(dict.fromkeys([*found["body"], *found["title"], *found["sans"]]))
    if not any_of_them:
        raise NoChineseFont
    return {kind: names or any_of_them for kind, names in found.items()}


@cache
def chosen() -> dict[str, list[str]]:
    """Return the fonts of this machine's sheets; NoChineseFont where it has none."""
    return choose(installed().families())
