"""Writing a design: what is written reads back the same, and reads well."""

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from backend_architect.design import load_design, read_design
from backend_architect.design.model import Design, Entity, Field, FieldType
from backend_architect.design.save import change_design
from backend_architect.design.write import write_design

from .cases import CASES, REPOSITORY, RIGHT
from .generated import DESIGNS, TEXTS

BOUNDED = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
)


@BOUNDED
@given(DESIGNS)
def test_what_is_written_reads_back_the_same(design: Design) -> None:
    assert read_design(write_design(design)).design == design


@BOUNDED
@given(DESIGNS, st.lists(TEXTS | st.text(max_size=40), min_size=1, max_size=4))
def test_comments_change_nothing(design: Design, comments: list[str]) -> None:
    paths = ["", "clients", "entities", "load.users", *(f"entities.{name}.fields" for name in design.entities)]
    text = write_design(design, dict(zip(paths, comments, strict=False)))
    assert read_design(text).design == design


@BOUNDED
@given(DESIGNS, TEXTS)
def test_a_changed_summary_changes_nothing_else(design: Design, summary: str) -> None:
    changed = read_design(change_design(write_design(design), {"summary": summary})).design
    assert changed.summary == summary
    assert (changed.entities, changed.lists, changed.load) == (design.entities, design.lists, design.load)


def test_the_good_designs_read_back_the_same() -> None:
    for path in RIGHT:
        design = load_design(path).design
        assert read_design(write_design(design)).design == design


def test_the_lines_are_those_a_person_would_write() -> None:
    text = write_design(
        load_design(REPOSITORY / "examples" / "social-sharing" / "backend.yaml").design,
        {"": "What we share.", "clients": "decides sessions and tokens", "entities.post.rules.mine": "the author's"},
    )
    assert text.startswith("# What we share.\ndesign: 1\nbackend: social-sharing\n")
    assert "\nclients: [web, mobile]            # decides sessions and tokens\n" in text
    assert "\n  users: 200_000\n  reads: 800/s\n" in text
    assert "\n  rows: {posts: 20M, comments: 60M, follows: 40M, likes: 200M}\n" in text
    assert "\n      body: {type: text, min: 1, max: 2000}\n" in text
    assert "\n      mine: author = me           # the author's\n" in text
    assert "\n  posts of user: {of: post, by: author, order: newest}\n" in text
    assert "\n  - {route: 'POST /posts/{id}/report', code: app/posts/report.py, allow: visible}\n" in text
    assert max(map(len, text.splitlines())) <= 120


def test_short_fields_stay_short() -> None:
    text = write_design(load_design(CASES / "right" / "every-field" / "backend.yaml").design)
    assert "\n      a_text: text\n" in text
    assert "\n      a_date: {type: date, default: '2030-12-31'}\n" in text
    assert "\n      an_email: email\n" in text


def test_a_million_as_a_default_stays_a_number() -> None:
    field = Field("size", FieldType.INTEGER, default=-1_000_000, min=-2_000_000)
    entity = Entity("box", "boxes", {"size": field}, allow={"read": "anyone"})
    written = Design("storage", entities={"box": entity})
    assert read_design(write_design(written)).design == written
