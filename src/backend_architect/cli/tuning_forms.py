"""A tuning run, printed in the form that was asked for."""

import json
import sys
from pathlib import Path
from urllib.parse import urlsplit

from backend_architect.cli.as_data import print_data
from backend_architect.cli.failures import problem_text
from backend_architect.cli.terminal import paint
from backend_architect.cli.tune_options import OutputForm
from backend_architect.report.advice import advice_lines
from backend_architect.report.findings import counted, finding_lines, findings_sarif
from backend_architect.report.growth import growth_lines
from backend_architect.report.samples import seen_lines
from backend_architect.report.tuning import Tuning
from backend_architect.report.tuning_data import tuning_data
from backend_architect.report.tuning_markdown import tuning_markdown
from backend_architect.report.visible import in_one_line
from backend_architect.report.workload import dearest_lines, note_lines, read_from
from backend_architect.tune import all_rules


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
        parts += [dearest_lines(workload), note_lines(workload)]
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
