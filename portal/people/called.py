"""Whether words of a villager speak of an official: by name, or by surname and what the office is called."""

from .models import Role, User
from .surnames import COMPOUND_SURNAMES

# How people call the holders of an office, behind their surname.
TITLES = {
    Role.VILLAGE_SECRETARY: ("书记", "支书"),
    Role.VILLAGE_CLERK: ("文书", "会计", "主任"),
    Role.VILLAGE_SUPERVISION: ("监委", "主任", "委员"),
    Role.RESIDENT_TEAM: ("队长", "书记", "队员"),
    Role.HELPER: ("干部", "帮扶"),
    Role.GRID_WORKER: ("网格员",),
    Role.TOWNSHIP_REVIEWER: ("干事", "主任", "干部"),
    Role.TOWNSHIP_HEAD: ("镇长", "乡长", "书记", "主任"),
    Role.COUNTY_REVIEWER: ("科长", "股长", "主任"),
    Role.COUNTY_HEAD: ("县长", "局长", "主任"),
}


def is_called(user: User, role: str, words: str) -> bool:
    """Return whether `words` speak of `user`, who holds an office of `role`."""
    name = user.display_name.replace(" ", "")
    words = words.replace(" ", "")
    if len(name) < 2 or not words:
        return False
    surname = name[:2] if name[:2] in COMPOUND_SURNAMES else name[:1]
    called = [f"{surname}{title}" for title in TITLES.get(Role(role), ())]
    return any(one in words for one in [name, *called])
