"""A proof from the command line: told while it runs, kept after each probe, resumed where it was interrupted."""

import contextlib
import json as jsons
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from backend_architect.cli.output import as_data, paint, print_data
from backend_architect.cli.writing.page import check_page, write_page
from backend_architect.errors import FolderError, Problem
from backend_architect.pipeline import proving
from backend_architect.proof import Evidence, Lab, Result, choose_probes
from backend_architect.proof.stored import read_evidence
from backend_architect.report.evidence import case_lines, result_line, verdict_lines
from backend_architect.report.plan_lines import plan_lines


@dataclass(frozen=True, slots=True)
class ProveOptions:
    """What was asked for: a project's folder, groups or probes by name (all without any), and what to do with it."""

    folder: Path
    words: tuple[str, ...]
    html: Path | None
    fresh: bool
    keep: bool
    json: bool

    @property
    def file(self) -> Path:
        """Return where the evidence is kept."""
        return self.folder / ".data" / "proof.json"

    def tell(self, text: str) -> None:
        """Say what happens; with --json on standard error, where it disturbs no program."""
        print(text, file=sys.stderr if self.json else sys.stdout, flush=True)


def list_probes(words: Sequence[str], *, json: bool) -> int:
    """Print every probe that the words name, a line each, or all as data."""
    probes = choose_probes(words)
    if json:
        print_data([{"group": probe.group, "name": probe.name, "title": probe.title} for probe in probes])
        return 0
    for probe in probes:
        print(f"{probe.group.value:9} {probe.name:12} {probe.title}")
    return 0


def prove_project(options: ProveOptions) -> int:
    """Return 0 when everything that was asked for held."""
    choose_probes(options.words)  # a word that names none is refused before anything is read
    if options.html:
        check_page(options.html)
    earlier = None if options.fresh else _earlier(options.file)
    colours = paint(sys.stderr if options.json else sys.stdout)
    with proving(options.folder, options.words, earlier, options.tell) as (lab, steps):
        shown = 0
        for step in steps:
            evidence = step.evidence
            for result in evidence.results[shown:]:
                _print_result(options, result)
            shown = len(evidence.results)
            _keep(options.file, evidence, earlier)
            if step.next:
                options.tell(colours.dim(f"… {step.next.name} {step.next.title}"))
        _end(options, evidence)
        if options.keep:
            _wait(options, lab)
    return 0 if evidence.held else 1


def _print_result(options: ProveOptions, result: Result) -> None:
    colours = paint(sys.stderr if options.json else sys.stdout)
    lines = [result_line(result, colours), *plan_lines(result, colours), *case_lines(result, colours)]
    options.tell("\n".join(lines))


def _end(options: ProveOptions, evidence: Evidence) -> None:
    colours = paint(sys.stderr if options.json else sys.stdout)
    options.tell("\n".join(["", *verdict_lines(evidence, colours), f"Evidence: {options.file}"]))
    if options.html:
        _write_page(options.html, evidence)
        options.tell(f"Page: {options.html}")
    if options.json:
        print_data(evidence)


def _write_page(file: Path, evidence: Evidence) -> None:
    from backend_architect.report.evidence_page import evidence_page

    write_page(file, evidence_page(evidence))


def _earlier(file: Path) -> Evidence | None:
    """Return what an earlier proof left, or None where there is none that can be read."""
    try:
        return read_evidence(jsons.loads(file.read_text()))
    except (OSError, ValueError, LookupError, TypeError):
        return None


def _keep(file: Path, evidence: Evidence, earlier: Evidence | None) -> None:
    """Write the evidence whole or not at all, with what an earlier proof found out about the same state."""
    merged = evidence.with_results_of(earlier)
    fresh = file.with_suffix(".new")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(jsons.dumps(as_data(merged), indent=1, ensure_ascii=False))
        fresh.replace(file)
    except OSError as error:
        raise FolderError(Problem("not-writable", f"{file}: {error.strerror}", "make the folder writable")) from error


def _wait(options: ProveOptions, lab: Lab) -> None:
    """Leave the backend running until Ctrl-C, with what the repeated commands need."""
    people = {person.variable: person.token for person in lab.backend.people}
    lines = [f"export API={lab.backend.url}", *(f"export {name}={token}" for name, token in people.items())]
    options.tell("\n".join(["", "The backend runs until Ctrl-C. In another shell:", *lines]))
    with contextlib.suppress(KeyboardInterrupt):
        signal.pause()
