"""What other rooms use of requests: registering, the acts, the receipt."""

from .acting import answer_request, file_request, link_case, pass_request, record_told, settle_whose
from .receipts import find
from .registering import REGISTERING_ROLES, Asked, Registered, register_request

__all__ = [
    "REGISTERING_ROLES",
    "Asked",
    "Registered",
    "answer_request",
    "file_request",
    "find",
    "link_case",
    "pass_request",
    "record_told",
    "register_request",
    "settle_whose",
]
