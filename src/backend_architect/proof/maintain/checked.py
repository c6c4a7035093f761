"""A checker of the project's own tools, run on it as its team runs it."""

import subprocess

from backend_architect.proof.evidence import Case, Verdict
from backend_architect.proof.lab import Lab

SECONDS = 240
LAST_LINES = 12
NO_MODULE = "No module named"


def checked(lab: Lab, title: str, *command: str, expected: str) -> Case:
    """Return whether a command of the project's interpreter is content with the project."""
    done = subprocess.run(
        [str(lab.python), "-m", *command],
        cwd=lab.subject.folder,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    lines = (done.stdout.strip() or done.stderr.strip()).splitlines()
    repeat = f"python -m {' '.join(command[:2])}"
    if f"{NO_MODULE} {command[0]}" in done.stderr:
        return Case(title, Verdict.BROKEN, expected, lines[-1], repeat, "install it: make setup in the project")
    if done.returncode:
        said = "\n".join(lines[-LAST_LINES:])
        return Case(title, Verdict.FAILED, expected, said, repeat, "make fix, then make check")
    return Case(title, Verdict.HELD, expected, lines[-1] if lines else "nothing to say", repeat)
