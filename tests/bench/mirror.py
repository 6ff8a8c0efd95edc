"""A page of the mirror through nginx, beside any static file of its size through the same nginx."""

import http.client
import statistics
import tempfile
from pathlib import Path

from django.test import override_settings

from disclosure.mirror import refreshing, store
from disclosure.publicity.models import PublicList
from portal import clock
from tests import nginx
from workflows.demo.build import County

from .timing import verdict

BLOCKS, A_BLOCK = 200, 50
AIM = 1.1


def measure(county: County) -> None:
    """Write the mirror, then fetch the page of the longest list and a file of its size, block by block."""
    if nginx.program() is None:
        print("  missing: nginx: nothing was measured through it", flush=True)
        return
    with tempfile.TemporaryDirectory(prefix="mingbai-bench-nginx-") as name:
        folder = Path(name)
        with override_settings(MIRROR_ROOT=folder / "mirror", MIRROR_DAYS_AHEAD=0):
            made = refreshing.rebuild()
            assert made is not None
            newest = PublicList.objects.order_by("-row_count").values_list("number", flat=True).first()
            # Measured alone there is no list.
            page = f"/lists/{newest}/" if newest else "/areas/"
            compressed, _suffix = store.find(store.edition(clock.today()), page, [".gz"]) or (b"", "")
            (folder / "static").mkdir()
            (folder / "static" / "any.bin").write_bytes(compressed)
            static = f"location /any/ {{ alias {folder}/static/; }}"
            with nginx.server(folder / "nginx", folder / "mirror", nginx.free_port(), more=static) as web:
                taken = _turn_by_turn(web, **{page: "gzip", "/any/any.bin": "identity"})
    ratio = taken[page] / taken["/any/any.bin"]
    print(
        f"  a page of the mirror through nginx: {ratio:.2f} times a static file of {len(compressed):,} bytes "
        f"({taken[page]:.3f} ms to {taken['/any/any.bin']:.3f} ms), aim {AIM}: {verdict(ratio <= AIM)}",
        flush=True,
    )


def _turn_by_turn(web: nginx.Nginx, **asked: str) -> dict[str, float]:
    """Return nginx's milliseconds of processor a request for each path of `asked` (with its encoding).

    The median of many short blocks, each path first in every other round: whatever else the machine does
    falls on both alike, and an odd block counts for nothing.
    """
    spent = Path(f"/proc/{web.worker()}/schedstat")
    connection = http.client.HTTPConnection("127.0.0.1", web.port)
    blocks: dict[str, list[float]] = {path: [] for path in asked}
    for block in range(BLOCKS + 1):
        for path, encoding in sorted(asked.items(), reverse=bool(block % 2)):
            started = int(spent.read_text().split()[0])
            for _number in range(A_BLOCK):
                connection.request("GET", path, headers={"Accept-Encoding": encoding})
                response = connection.getresponse()
                body = response.read()
                assert response.status == 200 and body, (path, response.status)
            # The first block warms up.
            if block:
                blocks[path].append((int(spent.read_text().split()[0]) - started) / 1e6 / A_BLOCK)
    connection.close()
    return {path: statistics.median(values) for path, values in blocks.items()}
