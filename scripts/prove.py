"""Builds every example and proves it: `make prove`. Ends with the three questions, answered for all of them together.

Three examples are proven at a time, since a proof waits a lot; each line begins with the example that it tells of.
Name examples to prove only those, and groups of probes to try only those: `python scripts/prove.py shop attacks`.
With --again, what did not hold is tried once more when nothing else runs: what holds then is told as unsteady.
"""

import json
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from backend_architect.cli.output import paint
from backend_architect.proof import Evidence, Group, Verdict
from backend_architect.proof.stored import read_evidence
from backend_architect.report.evidence import case_lines, result_line, verdict_lines

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted(path.parent.name for path in ROOT.glob("examples/*/backend.yaml"))
AT_A_TIME = 3
AGAIN = "--again"
ARCHITECT = [sys.executable, "-c", "import sys; from backend_architect.cli import main; sys.exit(main())"]


def main(words: list[str]) -> int:
    """Return 1 when anything of an example does not hold."""
    unknown = [word for word in words if word not in {*EXAMPLES, *Group, AGAIN}]
    if unknown:
        sys.exit(f"no example and no group of probes: {', '.join(unknown)}")
    names = [name for name in EXAMPLES if name in words] or EXAMPLES
    groups = [word for word in words if word in set(Group)]
    with tempfile.TemporaryDirectory(prefix="architect-prove-") as place, ThreadPoolExecutor(AT_A_TIME) as pool:
        folders = [Path(place) / name for name in names]
        found = list(pool.map(lambda folder: _built_and_proven(folder, groups), folders))
        unsteady = _failures(found)
        if AGAIN in words:
            both = zip(folders, found, strict=True)
            found = [evidence if evidence.held else _proven(folder, groups) for folder, evidence in both]
    failures = _failures(found)
    if unsteady and not failures:
        print("\n".join(["", "Unsteady: it held when tried again. Find out why.", *unsteady]))
    print("\n".join(["", f"{', '.join(names)}:", *failures, *verdict_lines(_together(found), paint(sys.stdout))]))
    return int(not all(evidence.held for evidence in found))


def _built_and_proven(folder: Path, groups: list[str]) -> Evidence:
    """Return the evidence of one example, after telling it."""
    started = time.monotonic()
    design = ROOT / "examples" / folder.name / "backend.yaml"
    subprocess.run([*ARCHITECT, "build", str(folder), "--design", str(design)], check=True, stdout=subprocess.DEVNULL)
    evidence = _proven(folder, groups)
    print(f"{folder.name:14} built and proven in {time.monotonic() - started:.0f} s", flush=True)
    return evidence


def _proven(folder: Path, groups: list[str]) -> Evidence:
    """Return the evidence of a built example; what held before in the same folder is not tried again."""
    command = [*ARCHITECT, "prove", *groups, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(f"{folder.name:14} {line}", end="", flush=True)
    return read_evidence(json.loads((folder / ".data" / "proof.json").read_text()))


def _failures(found: list[Evidence]) -> list[str]:
    """Return what did not hold, for the end: whoever reads only that finds it there."""
    colours = paint(sys.stdout)
    return [
        f"{evidence.project:14} {line}"
        for evidence in found
        for result in evidence.results
        if result.verdict in {Verdict.FAILED, Verdict.BROKEN}
        for line in (result_line(result, colours), *case_lines(result, colours))
    ]


def _together(found: list[Evidence]) -> Evidence:
    return replace(found[0], results=tuple(result for evidence in found for result in evidence.results))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
