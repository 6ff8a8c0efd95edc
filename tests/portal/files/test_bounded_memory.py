"""Every upload made to wear the server out is refused in a process that may take little more memory."""

import subprocess
import sys
from pathlib import Path

import pytest

from .attacks import ATTACKS, MEGABYTE

ROOT = Path(__file__).resolve().parents[3]
# What the check may take above what the process took when it had only started: a picture of 65 million pixels
# in the making is some 260 MB.
MORE = 400 * MEGABYTE
SCRIPT = """
import resource, sys, time
from pathlib import Path
import django
django.setup()
from portal.files.errors import RefusedFile
from portal.files.kinds import Limits, examine

pages = int(Path("/proc/self/statm").read_text().split()[0])
most = pages * resource.getpagesize() + int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_AS, (most, most))
for path in sorted(Path(sys.argv[1]).iterdir()):
    before = time.process_time()
    try:
        examine(path.read_bytes(), Limits(65, 200))
        said = "taken"
    except RefusedFile as error:
        said = f"refused {error}"
    except MemoryError:
        said = "MEMORY"
    print(path.name, round(time.process_time() - before, 1), said, sep="\\t", flush=True)
"""


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[float, str]]:
    """Return for each attack the seconds of work and what the check said, all in one poor process."""
    folder = tmp_path_factory.mktemp("attacks")
    for name, (make, _said) in ATTACKS.items():
        (folder / name).write_bytes(make())
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(folder), str(MORE)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    found = {}
    for line in ran.stdout.splitlines():
        name, seconds, said = line.split("\t", 2)
        found[name] = (float(seconds), said)
    assert ran.returncode == 0, ran.stderr[-2000:]
    return found


@pytest.mark.parametrize("name", ATTACKS)
def test_an_upload_made_to_wear_us_out_is_refused_within_bounded_memory(
    verdicts: dict[str, tuple[float, str]], name: str
) -> None:
    _seconds, said = verdicts[name]
    expected = ATTACKS[name][1]
    assert said != "MEMORY"
    # A picture that holds more than it claims is taken for what it claims: the rest is not even unpacked.
    assert said == "taken" if not expected else said.startswith("refused") and expected in said, said
