"""The migrated database with which tests begin, made once for all workers and kept for the next run.

On SQLite it stands in ``var/tests`` under a digest of what makes it: a new migration or model, a new file.
``python -m tests.prepared FILE`` makes one by hand; with ``DATABASE_URL`` at a PostgreSQL server it makes the
database ``prepared`` there, for the length of that server.
"""

import fcntl
import gc
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

NAME = "prepared"
ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "var" / "tests"
FLOORS = ("portal", "disclosure", "workflows")
# What migrations call beside models.
HELPING = ("backends.py", "collation.py", "fields.py")


def make(target: str, *, quickly: bool = True) -> None:
    """Migrate an empty database into the file `target`, or into the database of that name on PostgreSQL.

    Unless `quickly`, all is made over that Django makes over.
    """
    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings.test"
    # Migrations make models over and over, and a third of the time went to looking for the ones let go.
    gc.set_threshold(200_000, 50, 1000)
    import django

    django.setup()
    from django.db import connection
    from django.db.migrations.state import ProjectState

    if quickly:
        ProjectState._find_reload_model = _nearest  # type: ignore[attr-defined]
    connection.settings_dict["TEST"]["NAME"] = target
    connection.creation.create_test_db(verbosity=0, serialize=False)
    connection.close()


def _nearest(state: Any, app_label: str, model_name: str, delay: bool = False) -> set[tuple[str, str]]:
    """Name what Django makes over after a change of a model: what inherits from it and what points to it.

    Django names all that hangs together by relations, and as everything points to the user, that was every
    model at every step: four fifths of the time. What asks for models of its own (RunPython) is given all of
    them, made anew. That the same database comes of it, tests/portal/running/test_prepared.py sees to.
    """
    from django.db import models

    state.is_delayed = True
    names = {(app_label, model_name)}
    try:
        changed = state.apps.get_model(app_label, model_name)
    except LookupError:
        return names
    pointing = [
        field.related_model
        for field in changed._meta.get_fields(include_hidden=True)
        if field.auto_created and not field.concrete
    ]
    heirs = [changed]
    for one in heirs:
        heirs += [heir for heir in one.__subclasses__() if issubclass(heir, models.Model)]
    near = [*pointing, *heirs]
    return names | {(one._meta.app_label, one._meta.model_name) for one in near if hasattr(one, "_meta")}


def digest() -> str:
    """Return the digest of all that makes a migrated empty database: migrations, models, rows of apps."""
    said = sha256(sys.version.encode())
    said.update((ROOT / "requirements.lock").read_bytes())
    for floor in FLOORS:
        for path in sorted((ROOT / floor).rglob("*.py")):
            source = path.read_bytes()
            named = path.parent.name in ("migrations", "settings") or path.name in HELPING
            if named or b"post_migrate" in source or b"models.Model" in source:
                said.update(f"{path.relative_to(ROOT)}\0".encode() + source)
    return said.hexdigest()[:24]


def kept() -> Path:
    """Return the SQLite file for the sources as they are; the first who asks makes it, the others wait."""
    KEPT.mkdir(parents=True, exist_ok=True)
    file = KEPT / f"{digest()}.sqlite3"
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            for old in KEPT.glob("*.sqlite3"):
                old.unlink()
            unfinished = file.with_suffix(".new")
            environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
            command = [sys.executable, "-m", "tests.prepared", str(unfinished)]
            unfinished.unlink(missing_ok=True)
            subprocess.run(command, check=True, cwd=ROOT, env=environment)
            unfinished.rename(file)
    return file


def copying(creation: Any, source: str) -> Callable[..., str]:
    """Return what makes the test database of `creation` (Django's) from the prepared one `source`."""

    def create_test_db(
        verbosity: int = 1, autoclobber: bool = False, serialize: bool = True, keepdb: bool = False
    ) -> str:
        from django.conf import settings

        connection = creation.connection
        name = str(creation._get_test_db_name())
        if connection.vendor == "sqlite":
            shutil.copyfile(source, name)
        else:
            with creation._nodb_cursor() as cursor:
                quoted = [connection.ops.quote_name(one) for one in (name, source)]
                cursor.execute("CREATE DATABASE {} TEMPLATE {}".format(*quoted))
        connection.close()
        settings.DATABASES[connection.alias]["NAME"] = name
        connection.settings_dict["NAME"] = name
        if serialize:
            connection._test_serialized_contents = creation.serialize_db_to_string()
        connection.ensure_connection()
        return name

    return create_test_db


if __name__ == "__main__":
    make(sys.argv[1] if "DATABASE_URL" not in os.environ else NAME, quickly="plainly" not in sys.argv)
