"""The project's own tests, run as its team runs them."""

import re
from collections.abc import Iterator

from backend_architect.proof.evidence import Case, Group, Measure, Verdict, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe
from backend_architect.running import run_to_end

COUNTED = re.compile(r"(\d+) (passed|failed|error|skipped)")
LAST_LINES = 15
MINUTES = 15


def own_tests(lab: Lab) -> Iterator[Case]:
    """Give one case: whether every test of the project passes."""
    folder = lab.subject.folder
    if not (folder / "tests").is_dir():
        yield skipped("the project's own tests", "the project has no folder tests/")
        return
    command = [str(lab.python), "-m", "pytest", "-q", "--no-header", "-p", "no:cacheprovider"]
    done = run_to_end(command, folder, MINUTES * 60)
    lines = done.stdout.strip().splitlines()
    counted = COUNTED.findall(lines[-1]) if lines else []
    measures = tuple(Measure(name, float(number)) for number, name in counted)
    verdict = Verdict.FAILED if done.returncode else Verdict.HELD
    actual = "\n".join(lines[-LAST_LINES:] if done.returncode else lines[-1:]) or done.stderr[-500:]
    yield Case("the project's own tests", verdict, "every test passes", actual, "make test", measures=measures)


PROBE = Probe("tests", Group.TESTS, "the project's own tests pass", own_tests)
