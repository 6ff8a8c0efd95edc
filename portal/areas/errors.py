"""What can be refused about areas, told in words that say what to do next."""

from django.utils.translation import gettext as _


class AreaError(Exception):
    """Areas that cannot be changed as asked; the message is shown to the person."""


class BadRow(AreaError):
    """A row of the file stops the load; `line` is its number in the file, counted from 1."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(_("第 %(line)d 行：%(message)s") % {"line": line, "message": message})
        self.line = line


class AreasStay(AreaError):
    """Areas are neither moved nor deleted: a merger ends one and names its successor."""

    def __init__(self) -> None:
        super().__init__(_("区划不能移动或删除；合并时给旧区划写停用日期和并入的区划"))
