"""The tool's own figures: processor time of whole processes, the median of five runs each.

python benchmarks/commands.py
"""

import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples/social-sharing/backend.yaml"
ARCHITECT = str(Path(sys.executable).with_name("architect"))
SENTENCE = "We need an API for our social sharing feature"
RUNS = 5


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        large = folder / "large.yaml"
        large.write_text(hundred_entities())
        rows = (
            ("architect --help", 0.3, ["--help"]),
            ("architect check, the worked design", 0.7, ["check", str(EXAMPLE)]),
            ("architect build, the worked design", 2.0, ["build", "{new}", "--design", str(EXAMPLE)]),
            ("architect build, 100 entities", 10.0, ["build", "{new}", "--design", str(large)]),
            ("the sentence, to a design and a built project", 3.0, [SENTENCE, "--yes", "--dir", "{new}"]),
        )
        print(f"{'':48} aim      processor time")
        for number, (title, aim, arguments) in enumerate(rows):
            seconds = [_seconds(arguments, folder / f"{number}-{run}") for run in range(RUNS)]
            print(f"{title:48} {aim:>4} s   {statistics.median(seconds):.2f} s")


def hundred_entities() -> str:
    """Return a design of a hundred entities, each with relations, rules, a list and a search."""
    head = (
        "design: 1\nbackend: large\npin: {api-style: rest}\n"
        "auth: {account: user, sign_in: [password], roles: [staff]}\n"
        "entities:\n  user:\n    fields: {name: {type: text, max: 80}}\n    allow: {read: anyone}\n"
    )
    entities = [
        f"  thing{n}:\n    fields:\n      owner: {{to: user, set: me, on_delete: cascade}}\n"
        f"      title: {{type: text, max: 100}}\n      size: {{type: integer, min: 0, max: 100}}\n"
        + (f"      other: {{to: thing{n - 1}, optional: true, on_delete: set null}}\n" if n > 1 else "")
        + "    rules: {mine: owner = me}\n"
        "    allow: {read: mine or staff, create: signed_in, update: mine, delete: mine}\n"
        for n in range(1, 100)
    ]
    lists = [
        f"  thing{n}s of user: {{of: thing{n}, by: owner}}\n  find{n}: {{of: thing{n}, match: [title]}}\n"
        for n in range(1, 100)
    ]
    return head + "".join(entities) + "lists:\n" + "".join(lists)


def _seconds(arguments: list[str], new: Path) -> float:
    """Return the processor time of one run, its children's too."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [ARCHITECT, *(str(new) if argument == "{new}" else argument for argument in arguments)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
