"""A design and a sentence about it → the changed design, or the lines of YAML that a person has to write instead."""

import re
from dataclasses import replace

from backend_architect.brief import Brief
from backend_architect.change.by_hand import lines_by_hand
from backend_architect.change.model import DesignChange
from backend_architect.design.load import LoadedDesign, read_design
from backend_architect.design.save import Path, change_design
from backend_architect.design.yaml_text import Tree
from backend_architect.errors import BriefError, Place, Problem

PLACE = Place("sentence")
ACCOUNTS = "accounts"
AWAY = re.compile(r"\b(remove|removing|delete|drop|disable|without|no longer|stop|instead of|replace|rename)\b", re.I)


def propose_change(loaded: LoadedDesign, brief: Brief) -> DesignChange:
    """Return the design with what the sentence asks for, all of it; raise BriefError where a part cannot be done."""
    _refuse_the_rest(loaded, brief)
    wanted = tuple(dict.fromkeys(mention.name for mention in brief.providers))
    change = _with_providers(loaded, wanted)
    return _with_mail(change) if brief.account_mail else change


def _refuse_the_rest(loaded: LoadedDesign, brief: Brief) -> None:
    """Raise BriefError for whatever is said besides sign-in with providers and mail about accounts."""
    named = [span.text for span in brief.not_understood]
    if AWAY.search(brief.text) or brief.excluded:
        message = "taking something away, or putting it in another's place, cannot be done by a sentence yet"
        raise _refused(message, "change backend.yaml by hand, then: architect build")
    others = [feature for feature in brief.features if feature.pattern != ACCOUNTS]
    others_said = [span.text for feature in others for span in feature.words]
    others_said += [noun.word.text for noun in brief.nouns] + [one.word.text for one in brief.restrictions]
    others_said += [amount.word.text for amount in brief.amounts]
    if others_said:
        can = "sign-in with Google and GitHub can, and confirmed addresses"
        message = f"{_listed(others_said)} cannot be added by a sentence yet, {can}"
        raise _refused(message, lines_by_hand(loaded, brief))
    if named:
        fix = "say it in other words; another provider of OpenID Connect is `openid`, in auth.sign_in of backend.yaml"
        raise _refused(f"not understood: {_listed(named)}", fix)
    if not brief.providers and not brief.account_mail:
        message = "what should be added is not clear: sign-in with which provider?"
        fix = (
            'say for example "Add OAuth2 login with Google and GitHub", or "Add confirmed addresses and password reset"'
        )
        raise _refused(message, fix)


def _with_providers(loaded: LoadedDesign, wanted: tuple[str, ...]) -> DesignChange:
    auth = loaded.design.auth
    if auth is None:
        account = next(iter(loaded.design.entities), "user")
        ways = ", ".join(("password", *wanted))
        message = "this design has no accounts, and nobody signs in"
        raise _refused(message, f"add to backend.yaml: `auth: {{account: {account}, sign_in: [{ways}]}}`")
    new = tuple(way for way in wanted if way not in auth.sign_in)
    if not new:
        return DesignChange(loaded, loaded)
    changes: dict[Path, Tree | None] = {"auth.sign_in": [*auth.sign_in, *new]}
    if "auth.sign_in" in loaded.places:  # one by one, so that what stands beside the others stays
        changes = {f"auth.sign_in.{len(auth.sign_in) + n}": way for n, way in enumerate(new)}
    return DesignChange(loaded, read_design(change_design(loaded.text, changes)), new)


def _with_mail(change: DesignChange) -> DesignChange:
    if change.after.design.has_mail or change.after.design.auth is None:
        return change
    text = change_design(change.after.text, {"auth.unconfirmed": "nothing"})
    return replace(change, after=read_design(text), mail=True)


def _listed(words: list[str]) -> str:
    return ", ".join(f"“{word}”" for word in dict.fromkeys(words))


def _refused(message: str, fix: str) -> BriefError:
    return BriefError(Problem("change-not-possible", message, fix, PLACE))
