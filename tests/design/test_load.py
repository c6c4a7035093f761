"""Reading: what is refused before anything is built, and what the short forms mean."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from backend_architect.design import LoadedDesign, load_design, read_design
from backend_architect.design.model import Check, Custom, Event, FieldType, Limit, Load, Order
from backend_architect.errors import DesignError

from .cases import REPOSITORY

EXAMPLE = REPOSITORY / "examples" / "social-sharing" / "backend.yaml"
HEAD = "design: 1\nbackend: shop\n"


def codes(text: str) -> list[str]:
    """Return the codes of the problems of shape of a text."""
    with pytest.raises(DesignError) as caught:
        read_design(text)
    return [problem.code for problem in caught.value.problems]


def with_fields(fields: str) -> LoadedDesign:
    """Return a design with one entity of these fields."""
    return read_design(f"{HEAD}entities: {{item: {{fields: {{{fields}}}}}}}\n")


def refused(path: Path) -> str:
    """Return the code with which a file is refused."""
    with pytest.raises(DesignError) as caught:
        load_design(path)
    (problem,) = caught.value.problems
    assert problem.place.file == str(path)
    assert problem.fix
    return problem.code


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    assert refused(tmp_path / "backend.yaml") == "not-found"
    assert refused(tmp_path / "no-folder" / "backend.yaml") == "not-found"


def test_a_folder_means_the_design_in_it(tmp_path: Path) -> None:
    (tmp_path / "backend.yaml").write_text("design: 1\nbackend: shop\nentities: {note: {fields: {body: text}}}\n")
    loaded = load_design(tmp_path)
    assert (loaded.design.name, loaded.file) == ("shop", str(tmp_path / "backend.yaml"))


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "backend.yaml").mkdir()
    with pytest.raises(DesignError, match="not-a-file"):
        load_design(tmp_path)


def test_a_folder_without_a_design_is_told(tmp_path: Path) -> None:
    with pytest.raises(DesignError, match="not-found"):
        load_design(tmp_path)


def test_a_path_that_cannot_be_one_is_told() -> None:
    assert refused(Path("x" * 5000)) == "not-readable"
    assert refused(Path("a\0b")) == "not-readable"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "backend.yaml"
    path.write_text(HEAD)
    path.chmod(0)
    assert refused(path) == "not-readable"


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "backend.yaml"
    path.write_bytes(b"# " + b"x" * (1 << 20))
    assert refused(path) == "too-large"


def test_utf_16_is_told(tmp_path: Path) -> None:
    path = tmp_path / "backend.yaml"
    path.write_text(HEAD, encoding="utf-16")
    assert refused(path) == "not-text"


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "backend.yaml"
    text = EXAMPLE.read_text().replace("\n", "\r\n")
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert load_design(path).design == load_design(EXAMPLE).design


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, "{" * 100_000, "- " * 50_000, "a: " * 50_000, "? " * 50_000, "'" * 99_999, "&a " * 1000, "*" * 9],
    ids=["lists", "mappings", "dashes", "keys", "question-marks", "quotes", "anchors", "stars"],
)
def test_hostile_yaml_is_refused_quickly(text: str) -> None:
    assert codes(text)[0] in {"too-deep", "yaml-syntax", "not-a-mapping", "yaml-anchor", "yaml-alias"}


def test_control_characters_and_lone_surrogates_are_refused() -> None:
    assert codes(f"{HEAD}summary: a\x07b\nentities: {{}}\n") == ["yaml-syntax"]
    assert codes("a: \0") == ["not-text"]
    assert "\ud800" not in read_design(f"{HEAD}summary: 'a\ud800'\nentities: {{}}\n").design.summary


def test_the_version_is_a_plain_one() -> None:
    assert codes("design: 1.0\nbackend: a\nentities: {}") == ["wrong-version"]
    assert codes("design: two\nbackend: a\nentities: {}") == ["wrong-version"]


def test_places_are_those_of_values_and_of_keys_before_blocks() -> None:
    loaded = load_design(EXAMPLE)
    assert loaded.places["entities.post.fields.author.to"] == (43, 20)
    assert loaded.places["entities.post.rules.visible"] == (52, 16)
    assert loaded.places["entities.post"] == (41, 3)
    assert str(loaded.place("entities.post.fields.body.nowhere")).endswith(":44:13 entities.post.fields.body.nowhere")


def test_quantities_rates_and_durations() -> None:
    load = "load: {users: 20k, reads: 90/minute, writes: 0.5/s, p95: 2s, rows: {a: 2B, b: 1.5M, c: 200_000}}\n"
    loaded = read_design(f"{HEAD}{load}entities: {{}}\n")
    rows = {"a": 2_000_000_000, "b": 1_500_000, "c": 200_000}
    assert loaded.design.load == Load(users=20_000, reads=1.5, writes=0.5, p95_ms=2000, rows=rows)


def test_the_short_forms_of_fields() -> None:
    loaded = with_fields("a: text, b: {to: item}, c: {one_of: [x, y]}, d: {list: slug}, e: {type: file}")
    fields = loaded.design.entities["item"].fields
    assert [field.type.value for field in fields.values()] == ["text", "reference", "one_of", "list", "file"]
    assert fields["b"].column == "b_id"
    assert fields["c"].choices == ("x", "y")
    assert (fields["d"].item, fields["d"].max) == (FieldType.SLUG, 100)
    assert fields["e"].max == 10_000_000


def test_orders() -> None:
    text = "a: {of: x}, b: {of: x, order: oldest}, c: {of: x, order: likes desc}, d: {of: x, order: price}"
    lists = read_design(f"{HEAD}entities: {{}}\nlists: {{{text}}}\n").design.lists
    orders = [(spec.order.field, spec.order.descending) for spec in lists]
    assert orders == [("created_at", True), ("created_at", False), ("likes", True), ("price", False)]
    assert lists[0].order == Order("created_at", descending=True)


def test_the_side_that_the_server_sets_is_put_onto_the_pair() -> None:
    edges = load_design(EXAMPLE).design.edges
    assert edges["like"].mine == edges["like"].pair[0]
    assert edges["like"].pair[1].set is None
    assert {side.on_delete for side in edges["like"].pair} == {"cascade"}


def test_limits_events_custom_and_checks() -> None:
    design = load_design(EXAMPLE).design
    assert design.limits[0] == Limit("sign_in", 5, 60, "ip")
    assert design.events == (Event("posts", "create", "notify_followers", 5),)
    assert design.custom == (Custom("POST", "/posts/{id}/report", "app/posts/report.py", "visible"),)
    assert design.checks[1] == Check("stranger", "create", "like", {"post.audience": "followers"}, 404)


def test_reading_parses_no_sql_and_is_quick() -> None:
    program = (
        "import sys, time, resource; from pathlib import Path;"
        "from backend_architect.design import check_design, load_design;"
        f"loaded = load_design(Path({str(EXAMPLE)!r}));"
        "assert 'sqlglot' not in sys.modules and 'jsonschema' not in sys.modules;"
        "assert check_design(loaded) == ();"
        "usage = resource.getrusage(resource.RUSAGE_SELF); print(usage.ru_utime + usage.ru_stime)"
    )
    runs = [subprocess.run([sys.executable, "-c", program], capture_output=True, check=True) for _ in range(3)]
    assert min(float(run.stdout) for run in runs) < 0.7
