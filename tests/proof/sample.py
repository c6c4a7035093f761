"""A proof's outcome of every kind, as the tests of its reports need it."""

from backend_architect.proof import Case, Evidence, Group, Measure, Result, Verdict
from backend_architect.proof.evidence import Machine, skipped

MACHINE = Machine(2, 8 * 2**30, "Linux x86_64", "3.11.9", "18.6")


def _case(title: str, verdict: Verdict = Verdict.HELD, actual: str = "401", **more: str) -> Case:
    return Case(title, verdict, "401", actual, 'curl -i "$API/v1/me"', **more)


def _grown(*values: float) -> tuple[Measure, ...]:
    sizes = ("1x", "10x", "100x")
    read = [Measure("rows read", value, "", size, measured=False) for value, size in zip(values, sizes, strict=True)]
    run = {"rows read": values[0], "rows returned": 20, "buffers": 66, "time": 1.2}
    return (*read, *(Measure(name, value, "ms" if name == "time" else "", "filled") for name, value in run.items()))


RESULTS = (
    Result("tests", Group.TESTS, "the project's own tests pass", 31.2, (_case("own tests", actual="132 passed"),)),
    Result(
        "access",
        Group.ACCESS,
        "every route answers as its table says",
        4.0,
        (
            _case("GET /v1/posts/{post_id} as anonymous", actual="200 {}"),
            _case("GET /v1/posts/{post_id} as stranger", actual="200 {}"),
            _case("DELETE /v1/posts/{post_id} as anonymous", actual="401 {}"),
            _case("DELETE /v1/posts/{post_id} as stranger", Verdict.FAILED, actual="204", advice="ask for the owner"),
        ),
    ),
    Result("P32", Group.ATTACKS, "recovery tells nothing", 0.1, (skipped("recovery", "there is no such route"),)),
    Result("P41", Group.ATTACKS, "an unknown <field> is refused", 0.1, (_case("POST /v1/posts", actual="<script>"),)),
    Result(
        "plans",
        Group.PLANS,
        "no statement reads more as its tables grow",
        3.0,
        (
            Case("posts.feed", Verdict.HELD, "", "uses follows_pkey", measures=_grown(40, 41, 43)),
            Case(
                "posts.search",
                Verdict.FAILED,
                "",
                "reads the whole table",
                advice="CREATE INDEX …",
                measures=_grown(900, 9_000, 90_000),
            ),
        ),
    ),
)
EVIDENCE = Evidence(
    "social-sharing", "0f1e2d3c4b5a6978", "0.1.0", "2026-11-23T08:40:00+00:00", MACHINE,
    tuple(result.probe for result in RESULTS), RESULTS,
)  # fmt: skip
