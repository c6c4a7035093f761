"""Every command with its options → the page docs/reference/commands.md."""

import inspect
import re
from collections.abc import Iterator
from typing import Any

from typer.main import get_command

from backend_architect.cli.app import BRIEF, COMMANDS, HELP, SUBCOMMANDS, make_app
from backend_architect.cli.grouped_help import PLAIN

HEAD = """# Commands

Made from the commands by `make docs`. `--help` of each says the same.

With `--json` a command prints one document, described by [commands.schema.json](commands.schema.json) (`$defs` has
one for each command) and, for `architect tune`, by [tune.schema.json](tune.schema.json). A failure is
`{"problems": […]}`, each with a [stable code](../errors.md). Progress is printed on standard error.

| Exit status | When |
|---|---|
| 0 | no problems |
| 1 | problems, each with its fix; a build that needs your decision; a failed proof; findings at or above `--fail-on` |
| 2 | wrong usage, or not available in this version |
| 130 | interrupted: Ctrl-C, SIGTERM, a closed terminal |
| 141 | the reader of the output has gone |
"""
SENTENCE = 'architect "<sentence>"'


def commands_page() -> str:
    """Return the page: a part for each command, in the order of the help."""
    group: Any = get_command(make_app())
    names = [
        BRIEF,
        *sorted(
            [*COMMANDS, *SUBCOMMANDS],
            key=lambda name: (f"architect {name}" not in HELP, HELP.find(f"architect {name}")),
        ),
    ]
    return "\n".join([HEAD, *(_command(name, group.commands[name]) for name in names)])


def _command(name: str, command: Any) -> str:
    title = SENTENCE if name == BRIEF else f"architect {name}"
    about, _, examples = inspect.cleandoc(command.callback.__doc__ or "").partition("\b\nExample")
    shown = inspect.cleandoc(examples.partition(":\n")[2].partition("\b\n")[0])
    lines = [f"## `{title}`", "", about.strip(), ""]
    lines += ["```", shown, "```", ""] if shown else []
    lines += [*_table(command), ""] if command.params else []
    return "\n".join(lines)


def _table(command: Any) -> Iterator[str]:
    yield "| | |"
    yield "|---|---|"
    context = command.context_class(command)
    for each in command.params:
        record = each.get_help_record(context)
        if record and not getattr(each, "is_eager", False):
            panel = getattr(each, "rich_help_panel", None)
            word = PLAIN["argument"][:-1].lower() if each.param_type_name == "argument" else panel or ""
            help_text = re.sub(r"\s+", " ", record[1]).replace("|", "\\|")
            yield f"| `{record[0].replace('|', chr(92) + '|')}` | {help_text}{f' ({word.lower()})' if word else ''} |"
