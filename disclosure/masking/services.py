"""What other rooms use of masking: masks of names and numbers, the screen, and the policy of public rows."""

from .names import mask_card, mask_id, mask_name, mask_phone
from .policy import Audience, public_row
from .screening import NotForThePublic, personal_number, private_circumstance, refuse_numbers, refuse_private

__all__ = [
    "Audience",
    "NotForThePublic",
    "mask_card",
    "mask_id",
    "mask_name",
    "mask_phone",
    "personal_number",
    "private_circumstance",
    "public_row",
    "refuse_numbers",
    "refuse_private",
]
