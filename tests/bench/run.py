"""All measurements on the database that ``DATABASE_URL`` names, which must be empty. Prints a line each."""

import logging
import sys
import time

import django


def main() -> None:
    """Set up the scratch database and measure."""
    django.setup()
    logging.disable(logging.CRITICAL)
    from django.core.management import call_command

    started = time.monotonic()
    call_command("migrate", verbosity=0)
    print(f"  (migrated in {time.monotonic() - started:.0f} s)", flush=True)
    from tests.workflows.county import make_county

    from . import acts, board, counts, exports, ledger, mirror, pages, rows, searching, todo, trail

    county = make_county()
    wanted = sys.argv[1:]
    for measurement in (acts, todo, pages, rows, board, mirror, exports, counts, searching, ledger, trail):
        if not wanted or measurement.__name__.rpartition(".")[2] in wanted:
            measurement.measure(county)
    print(f"  ({time.monotonic() - started:.0f} s in all)", flush=True)


if __name__ == "__main__":
    main()
