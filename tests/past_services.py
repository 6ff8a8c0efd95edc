"""Refuses writes that go past the services: ``python -m tests.past_services``, a part of `make check`.

`save` and the services tell the history and the ledger of a change; `update`, `bulk_…`, `_raw_delete` and raw
SQL tell nobody. This reads the source and refuses them on recorded models everywhere but in the places named
here, each with its reason: the service that appends the event in the same transaction.
"""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FLOORS = ("portal", "disclosure", "workflows")

# Models that no event speaks of, and why. A chain of calls that begins at one of them may write as it likes.
UNRECORDED = {
    "Draft": "what somebody typed and has not sent",
    "SavedFilter": "a person's own filters of their own boxes",
    "Entry": "the search index, made anew from what is published",
    "Mark": "pages that are to be written as files again",
    "PageViews": "how often a page was read",
    "Heartbeat": "when the portal last ran",
    "JobRun": "when the clock's jobs last ran",
    "Authenticator": "second factors, replaced and cleared within the act whose event says so",
    "LiveSession": "where and when somebody is signed in; opening and ending one is an event",
    "AccessAttempt": "wrong passwords, counted by axes; what comes of them is an event",
    "AccessLog": "what axes would keep of every sign-in; the session's opening is an event",
    "InvitationCode": "what an invitation takes besides its address; inviting and voiding are events",
    "HeldFile": "a file of a form that waits for a proof",
    "Progress": "how far a rule of the radar has looked",
    "Contact": "hashes by which the radar compares, made anew from households",
}
# Relations to many: what joins two rows is written without a `save`.
MANY = frozenset(["groups", "user_set", "user_permissions", "permissions", "edited_by"])
# Where it may stand, and why. A line ends in a function, or in a folder or file all of which may.
ACTS = "a step of `act`, which saves the history and appends the events of the batch and its cases"
SAME = "within the service that appends the event of the same change, in the same transaction"
ALLOWED: dict[str, str] = {
    "portal/ledger/": "the ledger's own rows, which nothing else writes; its triggers and roles",
    "portal/outbox/": "messages on their way, each of which tells of an event",
    "portal/clock/jobs.py": "when the clock's jobs last ran",
    "portal/running/views.py:health": "reads whether the database answers",
    "portal/signin/sessions.py:end": f"the browser's own session row: {SAME}",
    "portal/signin/sessions.py:_closed": SAME,
    "portal/signin/factors.py:remove": SAME,
    "portal/areas/services.py": f"loads a whole county of areas: {SAME}",
    "disclosure/search/backends.py": "the search index, in the database's own words for it",
    "disclosure/pages/editors.py": "Wagtail's groups follow the offices, whose grant and end are the events",
    "disclosure/pages/services.py:_drop_welcome_page": "Wagtail's own example page, before there is a site",
    "disclosure/pages/public_page.py:PublicPage.delete": "Wagtail's own deletion of one draft, which logs it",
    "disclosure/pages/redaction.py": f"takes a datum out where Wagtail would log it again: {SAME}",
    "disclosure/pages/uploads.py": f"takes a datum out where Wagtail would log it again: {SAME}",
    "disclosure/pages/removed_files.py:remember": f"what an editor sent and did not finish: {SAME}",
    "workflows/programmes/redaction.py": f"takes a datum out of what is written once: {SAME}",
    "disclosure/publicity/publishing.py:publish": f"the rows of a list, hundreds at a time: {SAME}",
    "disclosure/publicity/complaints.py:mark": SAME,
    "disclosure/publicity/objections.py:forget_submissions": "forgets by which form an objection came in",
    "disclosure/publicity/owed.py:date_undated": SAME,
    "disclosure/village/services.py:save_rows": SAME,
    "workflows/demo/management/commands/demo.py": "empties the demo's own database before it is played",
    "workflows/engine/numbers.py:next_in": "the next number of a series, which the object's event names",
    "workflows/engine/records.py": ACTS,
    "workflows/engine/tasks.py:_end": ACTS,
    "workflows/engine/tasks.py:release": "gives what was passed to somebody back: part of the office's end",
    "workflows/changes/aiding.py:_save": ACTS,
    "workflows/changes/rules.py": ACTS,
    "workflows/money/rules.py:pay": ACTS,
    "workflows/programmes/rules.py:_save": ACTS,
    "workflows/programmes/corrections.py:_forget_approval": ACTS,
    "workflows/notices/services.py:void": ACTS,
    "workflows/radar/running.py:keep": f"clues, hundreds at a time: {SAME}",
    "workflows/registry/duplicates.py:_close": SAME,
    "workflows/assessment/opening.py:open_round": SAME,
    "workflows/rectification/reports.py:edit_report": SAME,
    "workflows/spotchecks/services.py:draw": SAME,
    "workflows/requests/reminding.py:forget_submissions": "forgets by which form a request came in",
}


@dataclass(frozen=True)
class Breach:
    """A write past the services: where it stands and what it calls."""

    place: str
    line: int
    call: str

    def __str__(self) -> str:
        return f"{self.place} (line {self.line}): {self.call}"


def breaches(source: str, file: str) -> Iterator[Breach]:
    """Yield every write past the services in `source`, wherever it may stand."""
    reader = _Reader(file)
    reader.visit(ast.parse(source, file))
    yield from reader.found


class _Reader(ast.NodeVisitor):
    def __init__(self, file: str) -> None:
        self.file, self.within, self.found = file, list[str](), list[Breach]()
        self.borrowed = set[str]()

    def _enter(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        self.within.append(node.name)
        self.generic_visit(node)
        self.within.pop()

    visit_FunctionDef = visit_AsyncFunctionDef = visit_ClassDef = _enter

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        # Another model under the name of one that nothing is recorded of.
        self.borrowed.update(one.asname for one in node.names if one.asname and one.asname != one.name)

    def visit_Call(self, node: ast.Call) -> None:
        name = _called(node)
        if _is_write(node, name) and not self._unrecorded(_root(node)):
            place = ".".join(self.within) or "(module)"
            self.found.append(Breach(f"{self.file}:{place}", node.lineno, f"{name}()"))
        self.generic_visit(node)

    def _unrecorded(self, root: str) -> bool:
        return root in UNRECORDED and root not in self.borrowed


def _called_at(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else ""


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _is_write(node: ast.Call, name: str) -> bool:
    """Tell whether `node` writes or may write to the database without telling anybody."""
    if name in ("update", "aupdate"):
        # Of a queryset: `update` of a dictionary, set or digest is given one thing without a name.
        of_class = isinstance(node.func, ast.Attribute) and "QuerySet" in ast.unparse(node.func.value)
        return (
            isinstance(node.func, ast.Attribute)
            and (of_class or bool(node.keywords))
            and (of_class or not node.args)
        )
    if name in ("delete", "adelete"):
        return isinstance(node.func, ast.Attribute)
    if name in ("add", "remove", "set", "clear"):
        # Of a relation to many; of a set, list or context it concerns nobody.
        return isinstance(node.func, ast.Attribute) and _called_at(node.func.value) in MANY
    if name == "raw":
        return isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value).endswith("objects")
    if name.startswith(("bulk_", "abulk_")):
        return True
    return name in ("_raw_delete", "RawSQL", "cursor", "executescript")


def _root(node: ast.expr) -> str:
    """Return the name at which a chain of calls begins."""
    while True:
        if isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Attribute | ast.Subscript):
            node = node.value
        else:
            return node.id if isinstance(node, ast.Name) else ""


def in_the_tree() -> list[Breach]:
    """Return every such write in the source, allowed or not; migrations run before there is anything."""
    found: list[Breach] = []
    for floor in FLOORS:
        for path in sorted((ROOT / floor).rglob("*.py")):
            if "migrations" not in path.parts:
                found += breaches(path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix())
    return found


def allowing(breach: Breach) -> set[str]:
    """Return the lines of ALLOWED that allow `breach`."""
    file = breach.place.partition(":")[0]
    return {
        line
        for line in ALLOWED
        if line in (breach.place, file) or (line[-1] == "/" and file.startswith(line))
    }


def main() -> int:
    """Print what is not allowed, and what is allowed and no longer there; 1 where there is any."""
    found = in_the_tree()
    refused = [breach for breach in found if not allowing(breach)]
    gone = sorted(set(ALLOWED).difference(*map(allowing, found)))
    for breach in refused:
        print(f"{breach}: goes past the services. Use save, or name the place in tests/past_services.py")
    for place in gone:
        print(f"{place}: allowed in tests/past_services.py, and writes nothing past the services any more")
    return 1 if refused or gone else 0


if __name__ == "__main__":
    sys.exit(main())
