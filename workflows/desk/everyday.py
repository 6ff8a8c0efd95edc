"""What at the desk decides nothing, and so asks for no fresh proof; every other act does (`portal.signin`).

Filing for a household, meetings of a village and postings are signed by those who decide on them later; what
is searched, read, printed or exported is an event by itself.
"""

from disclosure.pages.moderation import APPROVE
from portal.signin.asking import ask_too, everyday

# Screens on which nothing is decided.
SCREENS = [
    *("find", "filters", "messages", "message_choices"),
    *("file", "change", "exit", "aid", "amend", "amend_change", "amend_aid"),
    *("new_request", "households", "register", "imports", "import", "kinship"),
    *("visits", "papers", "new_matter", "matter_table", "erratum", "urgent"),
    *("print_case", "print_batch", "print_board", "print_minutes", "export", "export_batch"),
    *("export_households", "trail", "then", "export_trail", "spot_visit", "spot_bundle", "fortnights"),
]
# Of screens that both decide and note, what only notes.
DEEDS = {
    "batch": ["sign_for", "meeting", "keep", "discard", "seen", "fill:"],
    "more": ["attach", "note", "read", "cc", "urge"],
    "case": ["visit", "serve", "attach"],
    "list": ["posting", "objection"],
    "matter": ["rows", "meeting"],
    # Not what shows a number, nor a new card for the money.
    "household": ["details", "income"],
    "request": ["paper", "told", "find"],
    "leave": ["name", "end"],
    # What is accepted, signed, scored or decided asks for a proof; what is handed in for it does not.
    "ticket": ["answer"],
    "fortnight": ["save"],
    "assessed": ["appeal"],
}


def register() -> None:
    """Name them, and what of Wagtail's own screens decides."""
    for name in SCREENS:
        everyday(f"desk:{name}")
    for name, deeds in DEEDS.items():
        everyday(f"desk:{name}", deeds)
    ask_too("wagtailadmin_pages:unpublish")
    # Sending a page back asks for its reason in a window of its own; letting it out is the decision.
    ask_too("wagtailadmin_pages:workflow_action", [APPROVE])
