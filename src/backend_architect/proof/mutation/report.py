"""What a mutation run found, in lines for a terminal and as a section of a page."""

from collections import Counter
from collections.abc import Mapping, Sequence

from backend_architect.proof.mutation.trial import Outcome, Trial

BEGIN = "<!-- mutation test: written by make mutate -->"
END = "<!-- end of the mutation test -->"


def lines_of(trial: Trial) -> list[str]:
    """Return a trial in a line, with a second one for why it was not tried."""
    each = trial.weakening
    actual = f"{trial.outcome} {trial.probe}".strip()
    line = f"{actual:22} {trial.example:14} {each.name} {each.kind:18} {each.file}:{each.line} {each.what}"
    more = [f"{'':22} {trial.why[:200]}"] if trial.outcome is Outcome.NOT_TRIED else []
    return [f"{line} ({trial.seconds} s)", *more]


def score(trials: Sequence[Trial]) -> tuple[int, int]:
    """Return how many were caught, and how many could be tried."""
    tried = [trial for trial in trials if trial.outcome is not Outcome.NOT_TRIED]
    return sum(trial.outcome is Outcome.CAUGHT for trial in tried), len(tried)


def score_lines(trials: Sequence[Trial], equivalents: int) -> list[str]:
    """Return the score of each example and of all, the survivors, and what was not tried."""
    lines = []
    for name in [*dict.fromkeys(trial.example for trial in trials), ""]:
        own = [trial for trial in trials if name in {"", trial.example}]
        caught, tried = score(own)
        lines.append(f"{name or 'all':14} {caught} of {tried} caught ({100 * caught / max(tried, 1):.1f} %)")
    for outcome in (Outcome.SURVIVED, Outcome.NOT_TRIED):
        these = [trial for trial in trials if trial.outcome is outcome]
        lines += [f"{len(these)} {outcome}"] + [line for trial in these for line in lines_of(trial)]
    return [*lines, f"{equivalents} of all that could be made change nothing, each with its reason, and were left out"]


def page_section(page: str, trials: Sequence[Trial], left_out: Mapping[str, str]) -> str:
    """Return the page with the score, the kinds and the survivors between its marks."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{_section(trials, left_out)}\n{END}{after}"


def _section(trials: Sequence[Trial], left_out: Mapping[str, str]) -> str:
    rows = ["| Example | tried | caught | |", "| --- | --- | --- | --- |"]
    for name in [*dict.fromkeys(trial.example for trial in trials), "all"]:
        caught, tried = score([trial for trial in trials if name in {"all", trial.example}])
        rows.append(f"| {name} | {tried} | {caught} | {100 * caught / max(tried, 1):.1f} % |")
    kinds = ["| Kind | caught of those tried | by |", "| --- | --- | --- |"]
    for kind in sorted({trial.weakening.kind for trial in trials}):
        own = [trial for trial in trials if trial.weakening.kind == kind]
        caught, tried = score(own)
        by = ", ".join(name for name, _ in Counter(t.probe for t in own if t.probe).most_common())
        kinds.append(f"| {kind} | {caught} of {tried} | {by} |")
    reasons = Counter(left_out.values())
    equal = [f"- {count}: {why}" for why, count in reasons.most_common()]
    not_tried = sum(trial.outcome is Outcome.NOT_TRIED for trial in trials)
    said = f"{not_tried} could not be tried: the weakened project did not start, or a statement was refused."
    return "\n".join(["", *rows, "", *kinds, "", said, "", "Left out, since they change nothing:", "", *equal, ""])
