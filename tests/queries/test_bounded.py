"""Statements that stay bounded: what is chosen first, what is looked up, and the indexes that both need."""

from collections.abc import Mapping

from backend_architect.decisions import decide_all
from backend_architect.design import Design, load_design
from backend_architect.queries import build_queries, resolve_design
from backend_architect.schema import build_schema
from tests.conftest import ROOT


def _design(name: str) -> Design:
    folder = next(path for path in (ROOT / "examples", ROOT / "tests/cases/designs/right") if (path / name).exists())
    return load_design(folder / name / "backend.yaml").design


def _sql(design: Design) -> Mapping[str, str]:
    queries = build_queries(resolve_design(design, decide_all(design).is_kept))
    return {query.name: " ".join(query.sql.split()) for query in queries.all()}


def test_what_is_recent_is_chosen_before_anything_is_joined() -> None:
    trending = _sql(_design("social-sharing"))["posts.trending"]
    chosen, _, joined = trending.partition(" AS chosen ")
    assert "JOIN" not in chosen and "LIMIT" in chosen
    assert joined.startswith("JOIN posts ON posts.id = chosen.id JOIN users AS author")


def test_a_related_row_within_an_or_is_looked_up_alone() -> None:
    statements = _sql(_design("helpdesk"))
    assert statements["tickets.search_of_team"].count("OFFSET 0 ) OR") == 2
    assert "OFFSET" not in statements["teams.of_company"]  # outside of an OR: a join is better


def test_a_search_also_has_an_index_in_its_order() -> None:
    design = _design("helpdesk")
    decisions = decide_all(design)
    resolved = resolve_design(design, decisions.is_kept)
    schema = build_schema(resolved, build_queries(resolved))
    serving = {i.columns for i in schema.table("tickets").indexes if "tickets.search_of_team" in i.needed_by}
    assert serving == {("search",), ("team_id", "created_at DESC", "id DESC")}
