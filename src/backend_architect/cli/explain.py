"""`architect explain`: what a rule says, in a table of small cases."""

from typing import Annotated

import typer

from backend_architect.cli.check import DESIGN_FILE, FileArgument, Json

RuleArgument = Annotated[
    str, typer.Argument(metavar="RULE", help="A rule, an action or a read rule of a field: post.visible; or all: post.")
]


def explain(rule: RuleArgument, file: FileArgument = DESIGN_FILE, *, json: Json = False) -> int:
    """Show what a rule allows: a line for each kind of case, an answer for each kind of caller.

    PostgreSQL evaluates the rule as written, over rows with every value that matters to it: its choices, the values
    that it is compared with, and null.

    \b
    Examples:
      architect explain post.visible
      architect explain post.create shop
      architect explain membership shop/backend.yaml --json
    """
    from backend_architect.cli.output import print_data
    from backend_architect.explaining import explain_rules, render_table
    from backend_architect.pipeline import read_sound_design

    tables = explain_rules(read_sound_design(file).design, rule)
    if json:
        print_data(tables)
    else:
        print("\n".join(render_table(table) for table in tables), end="")
    return 0
