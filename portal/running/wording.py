"""Words at hand: a translation that was looked up once is found again at once.

The sources of the portal are Chinese already, so most of its words stand in no catalogue, and each of some
thirty catalogues was asked in vain for every one of them on every page.
"""

from functools import lru_cache

from django.conf import settings
from django.utils.translation import trans_real

# The words of all rooms and packages are some 6,000; what people typed is never translated.
MOST_KEPT = 20_000


def keep() -> None:
    """Keep what the catalogues of the portal's language say; they change only with a new version."""
    words = trans_real.translation(settings.LANGUAGE_CODE)
    if not hasattr(words.gettext, "cache_info"):
        words.gettext = lru_cache(maxsize=MOST_KEPT)(words.gettext)
