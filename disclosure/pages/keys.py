"""Settings of the pages: how each issuer's index numbers (索引号) are formed."""

import re

from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from portal.configuration.services import register

INDEX_TEMPLATES = "pages.index_templates"
LONGEST_NUMBER = 60
TOKEN = re.compile(r"\{(年月|年|序号)([1-9])?\}")


def split(line: str) -> tuple[str, str]:
    """Return issuer and template of one line, ``明山县人民政府=999001001/{年}-{序号}``."""
    issuer, _equals, template = line.replace("＝", "=").partition("=")
    return issuer.strip(), template.strip()


def complaint(lines: list[str]) -> str | None:
    """Return what is wrong with the templates, or None."""
    issuers = set()
    for line in lines:
        issuer, template = split(str(line))
        tokens = [token[1] for token in TOKEN.finditer(template)]
        if not issuer or not template:
            return translate("每行写“发文机关=样式”，比如：某县人民政府=机构代码/{年}-{序号}")
        if tokens.count("序号") != 1 or not template.endswith("}") or tokens[-1] != "序号":
            return translate("“%(issuer)s”的样式要以{序号}结尾，只写一个") % {"issuer": issuer}
        if re.search(r"[{}\s]", TOKEN.sub("", template)) or len(template) > LONGEST_NUMBER:
            return translate("“%(issuer)s”的样式里只能用{年}、{年月}、{序号}，不留空格") % {"issuer": issuer}
        if issuer in issuers:
            return translate("“%(issuer)s”写了两行，请留一行") % {"issuer": issuer}
        issuers.add(issuer)
    return None


register(
    INDEX_TEMPLATES,
    # No code is invented: without a line for its issuer a page gets no number, and its record shows a gap.
    [],
    "S27、S28：机构代码/年份-五位序号；S16 另有年月的样式",
    False,
    _("各发文机关的索引号样式（一行一个：发文机关=机构代码/{年}-{序号}）"),
    check=complaint,
)
