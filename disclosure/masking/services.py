"""What other rooms use of masking: masks of names and numbers, the screen, and the policy of public rows."""

from .kinds import Content, is_safe_reason, kind_of, may_name
from .names import mask_card, mask_id, mask_name, mask_phone
from .policy import Audience, public_row
from .screening import NotForThePublic, personal_number, private_circumstance, refuse_numbers, refuse_private

__all__ = [
    "Audience",
    "Content",
    "NotForThePublic",
    "is_safe_reason",
    "kind_of",
    "mask_card",
    "mask_id",
    "mask_name",
    "mask_phone",
    "may_name",
    "personal_number",
    "private_circumstance",
    "public_row",
    "refuse_numbers",
    "refuse_private",
]
