"""A brief → a whole design to react to: what was understood, what was assumed, and what goes wrong where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backend_architect.brief import Brief, Feature, Span, read_brief
from backend_architect.brief.typos import likely_meant
from backend_architect.brief.vocabulary import read_vocabulary
from backend_architect.design.load import read_design
from backend_architect.design.model import Design
from backend_architect.design.names import words
from backend_architect.design.tenancy import left_with_access, not_isolated, roles_across
from backend_architect.errors import BriefError, Place, Problem
from backend_architect.patterns import Composition, CompositionRequest, Pattern, Trap, compose, pattern_named
from backend_architect.patterns.pattern import Fragment
from backend_architect.patterns.text import design_text
from backend_architect.proposal.closed import Closed, close_design
from backend_architect.proposal.left_out import kept, left_out, less_than_whole, meaning_in
from backend_architect.proposal.load import amounts_understood, propose_load
from backend_architect.proposal.names import names_kind, read_targets
from backend_architect.proposal.people import people_assumed, people_understood

PLACE = Place("brief")
CLIENTS = {"web": "pages in a browser", "mobile": "an app on phones", "service": "programs of others"}
PROVIDERS = {"google": "Google", "github": "GitHub"}
UNCONFIRMED = ("an account may do nothing before its e-mail address is confirmed",)
EXAMPLES = (
    "We need an API for our social sharing feature",
    "A shop with products, stock and orders",
    "A helpdesk for several companies with tickets and files",
)


@dataclass(frozen=True)
class Proposal:
    """A proposed design with the text of its file, and what a person should read before they take it.

    `understood` maps the words of the brief to what they were taken to mean;
    `closed` says what is open to few or nobody.
    """

    design: Design
    text: str
    brief: Brief
    understood: Mapping[str, str]
    assumed: tuple[str, ...]
    not_understood: tuple[str, ...]
    left_out: tuple[str, ...]
    traps: tuple[Trap, ...]
    choices: tuple[str, ...]
    closed: tuple[str, ...] = ()


def propose_design(brief: Brief) -> Proposal:
    """Return a design for what the brief names; raise BriefError when it names nothing that a backend can hold."""
    _refuse_empty(brief)
    request = read_request(brief)
    composition = compose(request)
    load = propose_load(brief, composition)
    closed = close_design(brief, composition)
    said = closed.still_true(composition, composition.assumes)
    assumed = (
        *(UNCONFIRMED if brief.account_mail else ()),
        *said,
        *closed.said,
        *people_assumed(brief, composition, closed.design),
        *load.assumes,
    )
    content = _heading(brief, request, assumed) | {"load": load.load} | closed.design
    text = design_text(_with_sign_in(content, brief), composition.comments)
    design = read_design(text).design
    mixed = not_isolated(design, composition.team) if composition.team else ()
    left = left_with_access(design, composition.team) if composition.team else ()
    return Proposal(
        design=design,
        text=text,
        brief=brief,
        understood=_understood(brief, request) | people_understood(brief, composition, closed.design),
        assumed=assumed,
        not_understood=tuple(f"{span.text}{_or_meant(span.text)}" for span in _not_carried_out(brief)),
        left_out=left_out(brief, request, composition),
        traps=_true_traps(composition, closed, apart=not (mixed or left)),
        closed=closed.said,
        choices=(
            *_mixed(design, composition.team, mixed),
            *_left(composition.team, left),
            *closed.still_true(composition, composition.choices),
            *_kept_accounts(brief, composition),
            *kept(brief, composition),
            *load.ignored,
        ),
    )


def propose_from_text(text: str) -> Proposal:
    """Return a design for a sentence."""
    return propose_design(read_brief(text))


def read_request(brief: Brief) -> CompositionRequest:
    """Return the patterns a brief asks for; one unknown noun names the one kind without a name if it is tied to it."""
    patterns = tuple(dict.fromkeys(feature.pattern for feature in brief.features))
    kinds: dict[str, str] = {}
    for kind in brief.kinds:
        kinds.setdefault(kind.pattern, kind.name)
    nouns = [noun.name for noun in brief.nouns]
    without = frozenset(one.pattern for one in brief.excluded) - {"", "accounts"}
    nameless = [name for name in _with_kinds(patterns) if name not in kinds and name not in without]
    if len(nouns) == 1 and len(nameless) == 1 and names_kind(brief, brief.nouns[0], nameless[0]):
        kinds[nameless[0]] = nouns.pop()
    plurals = {noun.name: noun.plural for noun in brief.nouns if noun.plural}
    about = read_targets(brief)
    return CompositionRequest(patterns, kinds, tuple(nouns), brief.accounts, about, without, plurals, brief.anonymous)


def _with_kinds(patterns: Sequence[str]) -> list[str]:
    """Return the patterns, and those their bundles bring, whose main entity an unknown noun of a brief may name.

    Teams are beside what the brief is about: a noun is what they work on.
    """
    opened = dict.fromkeys(n for name in patterns for n in (name, *pattern_named(name).brings))
    return [name for name in opened if pattern_named(name).kind and not pattern_named(name).beside]


def _refuse_empty(brief: Brief) -> None:
    if brief.understood:
        return
    works = "what works: " + "; ".join(f"“{example}”" for example in EXAMPLES)
    if not brief.text.strip():
        raise BriefError(Problem("brief-empty", "the brief is empty", works, PLACE))
    if not brief.in_english:
        message = "the brief is not in English, and nothing in it was recognised"
        raise BriefError(Problem("brief-language", message, works, PLACE))
    if brief.excluded:
        unwanted = ", ".join(one.word.text for one in brief.excluded[:6])
        message = f"the brief says what it does not want ({unwanted}), and nothing that it wants"
        raise BriefError(Problem("brief-not-understood", message, works, PLACE))
    said = ", ".join(span.text for span in brief.not_understood[:6]) or brief.text.strip()[:60]
    message = f"nothing in the brief was understood ({said})"
    raise BriefError(Problem("brief-not-understood", message, works, PLACE))


def _heading(brief: Brief, request: CompositionRequest, assumed: Sequence[str]) -> Fragment:
    heading: Fragment = {"design": 1, "backend": _slug(brief, request), "summary": _summary(request)}
    heading["assumptions"] = list(assumed)
    heading["clients"] = [mention.name for mention in brief.clients] or ["web", "mobile"]
    return heading


def _slug(brief: Brief, request: CompositionRequest) -> str:
    named = brief.product.text if brief.product else _subject(brief, request)
    kept = "".join(char if char.isascii() and char.isalnum() else "-" for char in named.lower())
    slug = "-".join(part for part in kept.split("-") if part)[:40].strip("-")
    return slug if slug[:1].isalpha() else f"app-{slug}".strip("-")


def _subject(brief: Brief, request: CompositionRequest) -> str:
    """Return what the brief is about in its own words: its bundle, or else the first main pattern, or the nouns."""
    features = {feature.pattern: feature for feature in brief.features}
    ranked = sorted((pattern_named(name) for name in features), key=lambda pattern: pattern.rank)
    bundles = [pattern.name for pattern in ranked if pattern.is_bundle]
    main = [pattern for pattern in ranked if pattern.is_main]
    if bundles:
        return bundles[0]
    if main:
        return _headline(features[main[0].name], main[0])
    nouns = "-".join(request.plural(noun) for noun in request.nouns[:2])
    return nouns or (ranked[0].name if ranked else "accounts")


def _headline(feature: Feature, pattern: Pattern) -> str:
    """Return the words of the brief that the pattern lists first, or the pattern's name when only a verb meant it."""
    key = read_vocabulary().key
    listed = [key(noun) for noun in pattern.nouns]
    said = [(listed.index(key(span.text)), span.text.lower()) for span in feature.words if key(span.text) in listed]
    return min(said)[1] if said else pattern.name


def _summary(request: CompositionRequest) -> str:
    ranked = sorted(
        (pattern_named(name) for name in request.patterns), key=lambda pattern: (-pattern.rank, pattern.name)
    )
    said = [p.summary for p in ranked if p.summary][:1]
    if said and not any(less_than_whole(p, request) for p in ranked):
        return said[0]
    meanings = [meaning_in(pattern, request) for pattern in reversed(ranked)][:4]
    meanings += [f"people keep {words(request.plural(noun))}" for noun in request.nouns][:3]
    text = "; ".join(meanings)
    return f"{text[:1].upper()}{text[1:]}."


def _with_sign_in(content: Fragment, brief: Brief) -> Fragment:
    auth = content.get("auth")
    if not auth:
        return content
    ways = [*auth["sign_in"], *(mention.name for mention in brief.providers)]
    mail = {"unconfirmed": "nothing"} if brief.account_mail else {}
    return content | {"auth": auth | {"sign_in": ways} | mail}


def _understood(brief: Brief, request: CompositionRequest) -> dict[str, str]:
    found = {span.text: _meaning(f, span.text, request) for f in brief.features for span in f.words}
    for noun in brief.nouns:
        pattern = next((p for p, name in request.kinds.items() if name == noun.name), None)
        found[noun.word.text] = (
            pattern_named(pattern).meaning
            if pattern
            else f"a thing that the catalogue does not know{_or_meant(noun.word.text)}"
        )
    found |= amounts_understood(brief)
    found |= {mention.word.text: CLIENTS[mention.name] for mention in brief.clients}
    found |= {mention.word.text: "accounts get mail: to confirm their address, to choose another password"
              for mention in brief.account_mail}  # fmt: skip
    found |= {mention.word.text: f"people sign in with {PROVIDERS[mention.name]}" for mention in brief.providers}
    return found


def _mixed(design: Design, team: str | None, mixed: Sequence[str]) -> list[str]:
    """Return what others than the members of a team see, so that nobody relies on what is not built."""
    if team is None:
        return []
    named = ", ".join(words(plural) for plural in mixed)
    notes = [f"not kept apart by {words(team)}: {named}; see `allow.read` of each"] if mixed else []
    roles = roles_across(design, team)
    if roles:
        notes.append(f"{' and '.join(roles)}: a role for every {words(team)}, whose holders see the things of all")
    return notes


def _true_traps(composition: Composition, closed: Closed, *, apart: bool) -> tuple[Trap, ...]:
    """Return the traps that this design avoids: those of teams only where it keeps their things apart."""
    traps = (*composition.traps, *(composition.traps_if_apart if apart else ()))
    kept = closed.still_true(composition, [trap.avoided for trap in traps])
    return tuple(trap for trap in traps if trap.avoided in kept)


def _left(team: str | None, left: Sequence[str]) -> list[str]:
    """Return what whoever leaves a team goes on seeing or changing."""
    named = ", ".join(words(plural) for plural in left)
    return [f"whoever leaves a {words(team)} keeps what they made: {named}"] if team and left else []


def _meaning(feature: Feature, said: str, request: CompositionRequest) -> str:
    """Return what a feature means, and whether it has nothing of its own for the word that meant it."""
    pattern, key = pattern_named(feature.pattern), read_vocabulary().key
    meaning = meaning_in(pattern, request)
    is_covered = key(said) in {key(word) for word in pattern.covers}
    return f"{meaning}; nothing of its own for this word" if is_covered else meaning


def _or_meant(text: str) -> str:
    meant = likely_meant(text, read_vocabulary())
    return f" (did you mean “{meant}”?)" if meant else ""


def _not_carried_out(brief: Brief) -> list[Span]:
    """Return what was not understood, without the restrictions, which are told by what they close."""
    ruled = [one.word for one in brief.restrictions]
    return [
        span for span in brief.not_understood if not any(r.start <= span.start and span.end <= r.end for r in ruled)
    ]


def _kept_accounts(brief: Brief, composition: Composition) -> list[str]:
    if brief.accounts or "auth" not in composition.design:
        return []
    return ["accounts are kept although the brief wants none: what it asks for must know whose each thing is"]
