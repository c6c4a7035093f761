"""A build or a change of a project as text and as data: each file's fate, and what comes next."""

import difflib
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from backend_architect.change import DesignChange
from backend_architect.cli.output import paint, quoted
from backend_architect.cli.writing import Fate, FileChange
from backend_architect.cli.writing.change import MEANING, NEEDS_YOU, SILENT
from backend_architect.pipeline import changed_decisions

COUNTED = SILENT | {Fate.CREATED, Fate.UPDATED}


def built_text(changes: Sequence[FileChange]) -> str:
    """Return the counts, then each fate that is more than a plain write with its files."""
    counts = Counter(change.fate for change in changes)
    lines = [", ".join(f"{counts[fate]} {fate}" for fate in Fate if counts[fate]) or "nothing to write"]
    for fate in Fate:
        if fate not in COUNTED and counts[fate]:
            lines += _fate_lines(fate, [change.path for change in changes if change.fate is fate])
    return "\n".join(lines)


def _fate_lines(fate: Fate, paths: Sequence[str]) -> list[str]:
    colours = paint(sys.stdout)
    mark = colours.red if fate in NEEDS_YOU else colours.yellow
    return [f"{mark(fate)}: {MEANING[fate]}", *(f"  {path}" for path in paths)]


MAIL = ("SMTP_URL", "MAIL_FROM", "WEB_URL")
TITLES = {"google": "Google", "github": "GitHub", "openid": "your provider"}
REGISTERED_AT = {
    "google": "https://console.cloud.google.com/apis/credentials, an OAuth client of the kind “web application”",
    "github": "https://github.com/settings/developers, an OAuth app",
    "openid": "your provider",
}


def added_text(change: DesignChange, changes: Sequence[FileChange]) -> str:
    """Return the whole change on one page: design, decisions, files and SQL."""
    parts = [
        ["The design:", *(f"  {line}" for line in _design_lines(change))],
        ["Decided anew:", *(f"  {line}" for line in _decided(change))],
        ["The files:", *(f"  {line}" for line in built_text(_without_design(changes)).splitlines())],
    ]
    for path, sql in _migrations(changes):
        parts.append([f"The migration, {path}:", *(f"  {line}".rstrip() for line in sql.splitlines())])
    return "\n\n".join("\n".join(part) for part in parts if len(part) > 1) + "\n"


def added_data(change: DesignChange, changes: Sequence[FileChange], folder: Path) -> dict[str, object]:
    """Return the same as data."""
    return {
        "changed": True,
        "folder": str(folder.absolute()),
        "design": "\n".join(_design_lines(change)),
        "decisions": list(_decided(change)),
        "files": [{"path": each.path, "fate": each.fate} for each in changes if each.fate is not Fate.SAME],
        "migrations": [{"path": path, "sql": sql} for path, sql in _migrations(changes)],
        "settings": [*(name for each in change.providers for name in _settings(each)), *(MAIL if change.mail else ())],
    }


def next_steps(change: DesignChange, folder: Path) -> str:
    """Return what is left to a person: registrations, settings, the migration, and a way to try it."""
    web = "web" in change.after.design.clients
    lines = ["Done. What is left:"]
    for name in change.providers:
        lines.append(f"- register this backend at {REGISTERED_AT[name]}" + (", with the address" if web else ""))
        lines += [f"    https://<your API's host>/v1/auth/{name}/callback"] if web else []
        lines.append(f"  and put into .env (.env.example explains each): {', '.join(_settings(name))}")
    if change.mail:
        lines.append(
            f"- put into .env (.env.example explains each): {', '.join(MAIL)}; run app.worker, which sends letters"
        )
        lines.append("- accounts that are there already count as confirmed")
    lines.append(
        "- install what is new: make setup; apply the migration: make migrate, or architect up, which does both"
    )
    if web and change.providers:
        lines.append(f"- try it: architect up {quoted(folder)}, then open /v1/auth/{change.providers[0]} in a browser;")
        lines.append(f"  for that, register http://localhost:8000/v1/auth/{change.providers[0]}/callback as well")
    return "\n".join(lines)


def _settings(name: str) -> Iterator[str]:
    prefix = name.upper()
    yield from (f"{prefix}_CLIENT_ID", f"{prefix}_CLIENT_SECRET", f"{prefix}_REDIRECT_URI")
    if name == "openid":
        yield "OPENID_ISSUER"


def _design_lines(change: DesignChange) -> list[str]:
    before, after = (text.splitlines() for text in (change.before.text, change.after.text))
    lines = difflib.unified_diff(before, after, n=1, lineterm="")
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


def _decided(change: DesignChange) -> Iterator[str]:
    for before, after in changed_decisions(change.before.design, change.after.design):
        yield f"{after.title}: {before.answer} → {after.answer}, {after.summary}"


def _migrations(changes: Sequence[FileChange]) -> list[tuple[str, str]]:
    new = (each for each in changes if each.path.startswith("migrations/") and each.fate is Fate.CREATED)
    return [(each.path, each.after or "") for each in new]


def _without_design(changes: Sequence[FileChange]) -> list[FileChange]:
    return [each for each in changes if each.path != "backend.yaml"]
