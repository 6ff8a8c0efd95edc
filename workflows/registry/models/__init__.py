"""What the register holds: households, members, yearly income, changes, imports, likely duplicates."""

from .choices import (
    MONITORED_CATEGORIES,
    Category,
    Cause,
    ChangeKind,
    Degree,
    IncomeSource,
    Labour,
    Leaving,
    Sex,
    Standing,
)
from .households import Household, HouseholdQuerySet, Kinship, Member, MemberQuerySet
from .intake import DuplicatePair, DuplicateState, HouseholdImport, ImportState
from .records import RegisterChange, YearIncome

__all__ = [
    "MONITORED_CATEGORIES",
    "Category",
    "Cause",
    "ChangeKind",
    "Degree",
    "DuplicatePair",
    "DuplicateState",
    "Household",
    "HouseholdImport",
    "HouseholdQuerySet",
    "ImportState",
    "IncomeSource",
    "Kinship",
    "Labour",
    "Leaving",
    "Member",
    "MemberQuerySet",
    "RegisterChange",
    "Sex",
    "Standing",
    "YearIncome",
]
