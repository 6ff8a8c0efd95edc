"""Names of uploaded files: what a person sees, never a path, whatever the sender wrote."""

import re
import unicodedata

from django.utils.translation import gettext as _

LONGEST = 120
# Characters that some system takes for a path, a device or a quotation.
_UNSAFE = re.compile(r'[<>:"|?*%;]')


def clean_name(name: str, extension: str) -> str:
    """Return the last part of `name` without unsafe or invisible characters, ending in `extension`.

    The extension (".jpg") is that of the content; what the sender claimed is dropped.
    """
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    # Control characters end headers, format characters (right-to-left) disguise extensions.
    visible = "".join(" " if char.isspace() else char for char in last if _is_shown(char))
    stem = " ".join(_UNSAFE.sub("_", visible).split()).lstrip(". ")
    stem = re.sub(r"\.[A-Za-z0-9]{1,8}$", "", stem).strip(" .")
    return (stem or _("附件"))[: LONGEST - len(extension)].rstrip(" .") + extension


def _is_shown(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
