"""A public list rendered anew, and kept, beside a constant view with the same middleware."""

from django.conf import settings
from django.core.cache import cache
from django.test import Client, override_settings

from disclosure.publicity.models import ListKind
from disclosure.publicity.services import RowDraft, publish
from workflows.demo import names
from workflows.demo.build import County

from .timing import queries, turn_by_turn, verdict

ROWS, TIMES = 400, 30
# A kept page beside a constant view with the same middleware.
KEPT_AIM = 1.2
BROWSER = {"HTTP_ACCEPT_ENCODING": "br, gzip"}


def measure(county: County) -> None:
    """Publish a list of 400 rows and fetch it."""
    by = county["reviewer1"]
    why = {
        "text": "自己建好并通过查验",
        "source_label": "实施办法二（二）",
        "source_url": "",
        "level": "乡里核定",
    }
    rows = [
        RowDraft(
            subject=f"bench:{number}",
            name=names.person(number).name,
            group="一组",
            item="养羊圈舍",
            amount_fen=480_000,
            note="乡里核定",
            why=why,
        )
        for number in range(ROWS)
    ]
    published = publish(
        by=by,
        office=by.offices.select_related("area").get(),
        kind=ListKind.APPLICATION,
        area=county.areas["禾坪村"],
        line="assistance",
        title="2026年名单公示",
        rows=rows,
        reference="bench:1",
    )
    address = f"/lists/{published.number}/"
    with override_settings(ROOT_URLCONF="tests.bench.urls", ALLOWED_HOSTS=["*", *settings.ALLOWED_HOSTS]):
        client = Client(**BROWSER)  # type: ignore[arg-type]

        def fetch(path: str) -> int:
            response = client.get(path)
            assert response.status_code == 200, (path, response.status_code)
            return len(response.content)

        def rendered(_number: int) -> None:
            cache.clear()
            fetch(address)

        def kept(_number: int) -> None:
            fetch(address)

        def constant(_number: int) -> None:
            fetch("/constant/")

        cache.clear()
        asked = queries(lambda: fetch(address))
        # Rendering empties what is kept, so that it is measured after the two others.
        taken = turn_by_turn(TIMES, constant=constant, kept=kept) | turn_by_turn(TIMES, rendered=rendered)
        for name in ("rendered", "kept"):
            ratio = taken[name] / taken["constant"]
            aim = f", aim {KEPT_AIM}: {verdict(ratio <= KEPT_AIM)}" if name == "kept" else ""
            print(
                f"  a public list of {ROWS} rows, {name}: {ratio:.1f} times a constant view "
                f"({taken[name]:.2f} ms to {taken['constant']:.2f} ms){aim}",
                flush=True,
            )
        print(f"  its page takes {asked} queries and {fetch(address):,} bytes compressed", flush=True)
