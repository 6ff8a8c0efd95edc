"""The content security policy: strict everywhere and on sign-in, looser for inline code in the Wagtail admin.

Date pickers and choosers of the Wagtail admin are inline scripts; no script that we do not know may be.
A page's own small stylesheet, and the script that reads it aloud, stand in the page, allowed by digest.
"""

import base64
import hashlib
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.loader import get_template
from django.urls import reverse

STRICT: dict[str, Any] = {
    "default-src": [NONE],
    "script-src": [SELF],
    "style-src": [SELF],
    "img-src": [SELF, "data:"],
    "font-src": [SELF],
    "connect-src": [SELF],
    "manifest-src": [SELF],
    "worker-src": [NONE],
    "base-uri": [NONE],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
    "object-src": [NONE],
}
DESK: dict[str, Any] = {
    **STRICT,
    "script-src": [SELF, UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:", "blob:"],
    "font-src": [SELF, "data:"],
    "media-src": [SELF, "blob:"],
    # The one that opens the page of postings without a line.
    "worker-src": [SELF],
    # The editor shows the page that is being written in a frame of its own.
    "frame-src": [SELF],
    "frame-ancestors": [SELF],
}
ERROR_STYLE = "error.css"

_styles: list[str] = []
_scripts: list[str] = []


def digest(style: str) -> str:
    """Return the source expression that allows an inline stylesheet of exactly this text."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'"


def allow_style(source: str) -> None:
    """Let every page carry the inline stylesheet with this source expression (``'sha256-…'``).

    Call it from an app's `ready()`.
    """
    if source not in _styles:
        _styles.append(source)


def allow_script(source: str) -> None:
    """Let every page outside the desk carry the inline script with this source expression (``'sha256-…'``).

    Call it from an app's `ready()`.
    """
    if source not in _scripts:
        _scripts.append(source)


def page_policy() -> dict[str, Any]:
    """Return the policy of every page outside the desk."""
    return {**STRICT, "style-src": [SELF, *_styles], "script-src": [SELF, *_scripts]}


class ContentPolicyMiddleware(CSPMiddleware):
    """Send the policy that belongs to the address; a view may still change its own with django-csp."""

    def __init__(self, get_response: Any) -> None:
        super().__init__(get_response)
        allow_style(digest(get_template(ERROR_STYLE).render()))
        self.desk = reverse("wagtailadmin_home")

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        """Choose by path: the desk's policy under the Wagtail admin, the strict one everywhere else."""
        parts = super().get_policy_parts(request, response, report_only)
        if not report_only and parts.config is None:
            if request.path_info.startswith(self.desk):
                parts.config = DESK
            else:
                parts.config = page_policy()
            if getattr(request, "is_dummy", False):
                # Wagtail's own request for a page that is being written: the editor shows it in a frame.
                parts.config = {**parts.config, "frame-ancestors": [SELF]}
            if request.is_secure():
                parts.config = {**parts.config, "upgrade-insecure-requests": True}
        return parts
