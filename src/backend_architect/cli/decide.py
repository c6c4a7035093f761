"""`architect decide`: every architectural question, answered from the numbers of a design file."""

import re
from typing import Annotated

import typer

from backend_architect.cli.check import DESIGN_FILE, FileArgument, Json

MOST_LOAD = 100_000


def decide(
    file: FileArgument = DESIGN_FILE,
    *,
    json: Json = False,
    load: Annotated[str, typer.Option(metavar="10x", help="Show which decisions change under another load.")] = "",
    only: Annotated[str, typer.Option(metavar="SLUG", help="Show one decision, e.g. main-database.")] = "",
) -> int:
    """Answer every architectural question of a design, with reasons, numbers and when to revisit them.

    \b
    Examples:
      architect decide
      architect decide shop --load 10x
      architect decide shop/backend.yaml --only cache --json
    """
    from backend_architect.cli.output import print_data
    from backend_architect.decisions import decide_all, questions
    from backend_architect.pipeline import compare_loads, read_sound_design
    from backend_architect.report.decisions import decisions_json, render_comparison, render_decision, render_decisions

    factor = _factor(load) if load else None
    if only and only not in questions():
        raise typer.BadParameter(f"there is no decision {only!r}: {', '.join(questions())}", param_hint="--only")
    design = read_sound_design(file).design
    if factor is not None:
        decisions, after, changed = compare_loads(design, factor)
        flips = tuple(flip for flip in changed if only in {"", flip.slug})
        if json:
            print_data({"load": load, "flips": flips})
        elif only and not flips:
            _say(f"At {load}: {only} stays {decisions[only].answer}.\n")
        else:
            _say(render_comparison(flips, load, None if only else after))
        return 0
    decisions = decide_all(design)
    if only:
        shown = [one for one in decisions_json(decisions) if one["slug"] == only]
        print_data(shown[0]) if json else _say(render_decision(decisions[only]))
    else:
        print_data(decisions_json(decisions)) if json else _say(render_decisions(decisions))
    return 0


def _say(text: str) -> None:
    print(text, end="")


def _factor(load: str) -> float:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)x", load.strip().lower())
    if not match or not float(match[1]):
        raise typer.BadParameter(f"{load!r} is not a multiple: write 10x, or 0.5x", param_hint="--load")
    if float(match[1]) > MOST_LOAD:
        raise typer.BadParameter(f"{load!r} is more than {MOST_LOAD:,} times the load", param_hint="--load")
    return float(match[1])
