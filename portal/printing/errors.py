"""What can go wrong with a sheet."""

from django.utils.translation import gettext as _


class PrintingError(RuntimeError):
    """A sheet could not be made; the message says what to do next."""


class NoChineseFont(PrintingError):
    """The server has no font with Chinese characters."""

    def __init__(self) -> None:
        super().__init__(
            _("服务器上没有中文字体，打印不了。请系统管理员安装 fonts-noto-cjk（或仿宋、黑体）后再打印。")
        )


class BadSheet(PrintingError):
    """A template failed on its data: a fault of ours, named without the data."""

    def __init__(self, template: str) -> None:
        super().__init__(
            _("这张表没有排出来（%(template)s）。请稍后再试，还不行就告诉系统管理员。")
            % {"template": template}
        )
