"""Settings of private files: they belong to the installation's machine, not to an area."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.configuration.services import register


def whole_number(value: Any) -> str | None:
    """Return a complaint unless `value` is a whole number of at least 1."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
        return None
    return _("要填 1 以上的整数")


for _key, _default, _label in (
    ("files.largest_megabytes", 20, gettext_lazy("单个附件的大小上限（MB）")),
    # Phones of "50 megapixels" make 50.3, of "64" 64.2.
    ("files.largest_megapixels", 65, gettext_lazy("图片像素上限（百万）")),
    ("files.largest_unpacked_megabytes", 200, gettext_lazy("文档解开后的大小上限（MB）")),
    ("files.opened_minutes", 60, gettext_lazy("打开一份附件管多少分钟，过后再看要再记一笔")),
):
    register(_key, _default, "部署约定", True, _label, technical=True, check=whole_number)
