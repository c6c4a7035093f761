"""Rows of the same table stay apart: an inner row never hides the outer one that it is compared with."""

from backend_architect.design import load_design
from backend_architect.design.expressions import resolve_rule, resolve_value

from .cases import REPOSITORY

DESIGN = load_design(REPOSITORY / "examples" / "social-sharing" / "backend.yaml").design
POST = DESIGN.entities["post"]


def test_a_count_of_rows_of_the_own_table_compares_two_rows() -> None:
    sql = resolve_value(DESIGN, POST, "shares").sql.sql("postgres")
    assert sql == "(SELECT COUNT(*) FROM posts AS posts_2 WHERE posts_2.shared_id = posts.id)"


def test_a_relation_called_as_the_outer_row_compares_two_rows() -> None:
    sql = resolve_rule(DESIGN, POST, "shared.mine", alias="shared").sql("postgres")
    assert "FROM posts AS shared_2 WHERE shared_2.id = shared.shared_id" in sql


def test_a_subquery_over_the_own_table_compares_two_rows() -> None:
    sql = resolve_rule(DESIGN, POST, "exists (select from posts where posts.shared = id)").sql("postgres")
    assert "FROM posts AS posts_2 WHERE posts_2.shared_id" in sql
