"""One run of `architect tune`: what it was asked for, and its result in one of several forms."""

import json
import sys
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from backend_architect.cli.output import paint, print_data, problem_text
from backend_architect.cli.progress import progress, watch_database
from backend_architect.cli.tune_changes import Changes, apply_advice
from backend_architect.cli.tune_framework import check_migration, write_framework, write_revisit
from backend_architect.cli.tune_options import ChangeRefused, FailOn, OutputForm
from backend_architect.cli.writing.disk import check_place
from backend_architect.cli.writing.page import check_page, write_page
from backend_architect.errors import Problem
from backend_architect.pipeline import TuneRequest, tune
from backend_architect.report.advice import advice_lines
from backend_architect.report.findings import counted, finding_lines, findings_sarif
from backend_architect.report.growth import growth_lines
from backend_architect.report.samples import seen_lines
from backend_architect.report.tune_page import tune_page
from backend_architect.report.tuning import Tuning
from backend_architect.report.tuning_data import tuning_data
from backend_architect.report.tuning_markdown import tuning_markdown
from backend_architect.report.visible import in_one_line
from backend_architect.report.workload import costliest_lines, note_lines, read_from
from backend_architect.tune import all_rules
from backend_architect.tune.accepted import read_accepted
from backend_architect.tune.watching import Watched


@dataclass(frozen=True, slots=True)
class TuneOptions:
    """What was asked for beside the request itself. `watch` is in seconds, 0 for what was counted before."""

    form: OutputForm
    baseline: Path | None
    fail_on: FailOn
    html: Path | None
    watch: float = 0.0


def tune_database(request: TuneRequest, options: TuneOptions, changes: Changes) -> int:
    """Return 1 when a finding is as severe as what was asked to fail on, or a change that was asked for failed."""
    if options.html:
        check_page(options.html)
    folder = check_migration(changes)
    if changes.revisit:
        check_place(changes.revisit)
    accepted = read_accepted(options.baseline) if options.baseline else {}
    watched = _watched(request, options)
    request = replace(request, accepted=accepted, limits=replace(request.limits, began=time.monotonic()))
    with progress() as tell:
        tuning, migration = tune(request, watched, tell)
    if options.html:
        write_page(options.html, tune_page(tuning, when=datetime.now(UTC)))
    is_document = options.form is OutputForm.JSON  # a person reads findings before the changes, a program one document
    if not is_document:
        print_tuning(tuning, options.form, url=request.url, page=options.html)
    written = write_framework(changes, migration, folder) if folder else ()
    if changes.revisit:
        write_revisit(changes, changes.revisit, tuning)
    applied = apply_advice(changes, migration)
    if is_document:
        print_tuning(replace(tuning, applied=applied, migration_files=written), options.form, url=request.url)
    severe = [finding for finding in tuning.findings if finding.severity.value in _failing(options.fail_on)]
    unread = not tuning.observed.catalog.knows_tables
    return int(unread or bool(severe) or (applied is not None and applied.failed))


def _watched(request: TuneRequest, options: TuneOptions) -> Watched | None:
    """Return what ran while it was watched, None where nobody asked for that."""
    if options.watch and request.workload:
        fix = "leave out one of them"
        raise ChangeRefused(Problem("two-workloads", "--watch counts what runs, --workload gives what ran", fix))
    return watch_database(request.url, options.watch) if options.watch else None


def _failing(fail_on: FailOn) -> set[str]:
    order = [each.value for each in FailOn]
    return set() if fail_on is FailOn.NEVER else set(order[: order.index(fail_on.value) + 1])


def print_tuning(tuning: Tuning, form: OutputForm, *, url: str, page: Path | None = None) -> None:
    """Print what a run came to; `page` is where the HTML page was written."""
    if form is OutputForm.SARIF:
        titles = {rule.code: rule.title for rule in all_rules()}
        print(json.dumps(findings_sarif(tuning.findings, titles, _place(url)), indent=2, ensure_ascii=False))
    elif form is OutputForm.MARKDOWN:
        print(tuning_markdown(tuning), end="")
    elif form is OutputForm.JSON:
        print_data(tuning_data(tuning))
    else:
        print("\n\n".join([*_parts(tuning), _end(tuning, page)]))


def _parts(tuning: Tuning) -> list[str]:
    """Return the parts that a person reads, each of some lines."""
    colours = paint(sys.stdout)
    catalog, workload = tuning.observed.catalog, tuning.observed.workload
    name = in_one_line(catalog.database)
    parts = [[f"{name}: PostgreSQL {catalog.version}, {len(catalog.tables)} tables, {read_from(workload)}"]]
    parts += [finding_lines(finding, colours) for finding in tuning.findings]
    parts += [[problem_text(problem, colours)] for problem in tuning.problems]
    if workload is not None:
        parts += [costliest_lines(workload), note_lines(workload)]
        parts += [seen_lines(workload.samples)] if workload.samples else []
    parts += [advice_lines(tuning.advice, colours)] if tuning.advice else []
    parts += [growth_lines(tuning.growth, colours)] if tuning.growth else []
    return ["\n".join(lines) for lines in parts if lines]


def _end(tuning: Tuning, page: Path | None) -> str:
    kept_back = f", {tuning.accepted} accepted" if tuning.accepted else ""
    written = f"\nThe page: {page}" if page else ""
    return f"{counted(tuning.findings)}{kept_back}{written}"


def _place(url: str) -> str:
    parts = urlsplit(url)
    return f"postgresql://{parts.hostname or 'localhost'}{parts.path}"
