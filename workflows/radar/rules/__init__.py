"""The rules, each in a module of its own, in the order in which people read them."""

from . import (
    claimed_late,
    dismissed_blank,
    helped_twice,
    kin,
    no_posting,
    odd_hours,
    paid_wrong,
    same_photo,
    shared_contacts,
    short_list,
    splitting,
    too_fast,
    two_levels,
)

ALL = [
    two_levels.RULE,
    kin.RULE,
    shared_contacts.RULE,
    too_fast.RULE,
    odd_hours.RULE,
    short_list.RULE,
    no_posting.RULE,
    same_photo.RULE,
    dismissed_blank.RULE,
    paid_wrong.RULE,
    splitting.RULE,
    helped_twice.RULE,
    claimed_late.RULE,
]
