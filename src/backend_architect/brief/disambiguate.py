"""Words that mean a pattern only where nothing stronger does: `sell`, `share`, `hotel`."""

from collections.abc import Sequence

from backend_architect.brief.vocabulary import Match
from backend_architect.patterns import CompositionRequest, pattern_named
from backend_architect.patterns.compose import resolve_patterns

Groups = Sequence[tuple[Match, ...]]


def disambiguate_matches(groups: Groups, *, has_nouns: bool) -> tuple[tuple[Match, ...], ...]:
    """Return the matches without the weak ones that something stronger overrules.

    A weak verb or a word for a kind holds when its pattern is there anyway, or when no other main pattern is named; a
    weak verb without a kind yields to nouns, too: who shares recipes wants recipes.
    """
    named = {match.meaning.name for group in groups for match in group if match.meaning.means == "pattern"}
    present = {pattern.name for pattern in resolve_patterns(CompositionRequest(tuple(sorted(named))))} | named
    free = not any(pattern_named(name).is_main for name in named)

    def holds(match: Match) -> bool:
        means, name = match.meaning.means, match.meaning.name
        if means not in {"weak", "kind"} or name in present:
            return True
        return free and (means == "kind" or not has_nouns or pattern_named(name).kind is not None)

    kept = (tuple(match for match in group if holds(match)) for group in groups)
    return tuple(group for group in kept if group)
