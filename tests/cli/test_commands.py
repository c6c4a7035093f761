"""Each command, from outside: what it says, what it writes, and its exit status."""

import json
import os
import pty
import re
import resource
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from backend_architect.cli.writing import building_alone
from tests.cli.typed import ARCHITECT, EXAMPLE, SENTENCE, Typed, architect

COMMANDS = ("check", "decide", "schema", "init", "build", "up")


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> tuple[Typed, Path]:
    """The answer to the sentence, and the folder that it was said in."""
    folder = tmp_path_factory.mktemp("sentence")
    return architect(SENTENCE, folder=folder), folder


def test_the_sentence_is_designed_explained_and_built(said: tuple[Typed, Path]) -> None:
    answer, folder = said
    assert answer.status == 0, answer.err
    for part in ("Understood:", "social sharing", "Assumed", "Main database", "Next: architect up social-sharing"):
        assert part in answer.out
    assert (folder / "social-sharing/backend.yaml").exists()
    assert (folder / "social-sharing/app/main.py").exists()
    assert "\x1b" not in answer.out


def test_the_decisions_are_explained_as_the_answer_says(said: tuple[Typed, Path]) -> None:
    answer, folder = said
    assert "(architect decide social-sharing says why)" in answer.out
    assert architect("decide", "social-sharing", "--only", "cache", folder=folder).status == 0


def test_nothing_is_written_among_other_files_unless_forced(tmp_path: Path) -> None:
    (tmp_path / "blog").mkdir()
    (tmp_path / "blog/thesis.txt").write_text("mine")
    refused = architect("a small blog", "--dir", "blog", folder=tmp_path)
    assert refused.status == 1
    assert "folder-not-empty" in refused.err and "--force" in refused.err
    assert [path.name for path in (tmp_path / "blog").iterdir()] == ["thesis.txt"]
    assert architect("a small blog", "--dir", "blog", "--force", folder=tmp_path).status == 0
    assert (tmp_path / "blog/thesis.txt").read_text() == "mine"
    assert (tmp_path / "blog/app/main.py").exists()


def test_what_comes_next_can_be_pasted(tmp_path: Path) -> None:
    folder = "mein Projekt é"
    answer = architect("a small blog", "--dir", folder, folder=tmp_path)
    told = answer.out.splitlines()[-1].removeprefix("Next: architect ")
    assert shlex.split(told) == ["up", folder]
    assert shlex.split(re.findall(r"Decided \(architect (.*) says why\)", answer.out)[0]) == ["decide", folder]


def test_a_provider_and_a_client_are_told_by_what_they_mean(tmp_path: Path) -> None:
    told = architect("A shop on iPhones, sign-in with Google", "--no-build", "--dir", "shop", folder=tmp_path).out
    assert re.search(r"Google +people sign in with Google\n", told)
    assert re.search(r"iPhones +an app on phones\n", told)


def test_two_builds_into_one_folder_do_not_meet(said: tuple[Typed, Path]) -> None:
    _, folder = said
    project = folder / "social-sharing"
    with building_alone(project):
        refused = architect("build", str(project), "--restore")
    assert refused.status == 1
    assert "build-running" in refused.err
    assert not refused.out
    assert architect("build", str(project)).status == 0


def test_nothing_is_said_to_be_written_where_nothing_can_be(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/.architect").write_text("no folder")
    answer = architect("build", "shop", "--design", str(EXAMPLE), folder=tmp_path)
    assert answer.status == 1
    assert not answer.out


def test_the_sentence_said_again_keeps_an_edited_design(said: tuple[Typed, Path]) -> None:
    _, folder = said
    design = folder / "social-sharing/backend.yaml"
    design.write_text(design.read_text() + "# mine\n")
    again = architect(SENTENCE, folder=folder)
    assert again.status == 1
    assert "design-exists" in again.err
    assert design.read_text().endswith("# mine\n")


def test_building_again_keeps_an_edit(said: tuple[Typed, Path]) -> None:
    project = said[1] / "social-sharing"
    (project / "app/main.py").write_text((project / "app/main.py").read_text() + "\n# mine\n")
    assert architect("build", str(project)).status == 0
    assert (project / "app/main.py").read_text().endswith("# mine\n")
    dry = architect("build", str(project), "--dry-run")
    assert (dry.status, dry.out) == (0, "")


def test_a_sentence_as_data(tmp_path: Path) -> None:
    answer = architect("A shop with products, stock and orders", "--json", "--dir", "shop", folder=tmp_path)
    told = json.loads(answer.out)
    assert told["design"] == "shop/backend.yaml"
    assert told["understood"]
    assert {"path": "app/main.py", "fate": "created"} in told["files"]


def test_slow_queries_are_those_of_a_database(tmp_path: Path) -> None:
    answer = architect("Our queries are getting slow as we scale", folder=tmp_path, environment={"DATABASE_URL": ""})
    assert answer.status == 1
    assert "--db postgresql://" in answer.err


def test_a_change_needs_a_project(tmp_path: Path) -> None:
    answer = architect("Add OAuth2 login with Google and GitHub", folder=tmp_path)
    assert answer.status == 1
    assert "no-project" in answer.err
    assert not list(tmp_path.iterdir())


def test_a_sentence_that_means_nothing(tmp_path: Path) -> None:
    answer = architect("xyzzy plugh frotz", folder=tmp_path)
    assert answer.status == 1
    assert "brief-" in answer.err
    assert "fix:" in answer.err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("words", [("bulid",), ("Check",), ("biuld", "shop")])
def test_a_word_that_is_nearly_a_command(words: tuple[str, ...]) -> None:
    answer = architect(*words)
    assert answer.status == 2
    assert "No such command" in answer.err
    assert "Did you mean" in answer.err


@pytest.mark.parametrize("words", [("blog",), ("We", "need", "a", "blog"), ("Build", "a", "blog")])
def test_a_sentence_needs_no_quotes_and_no_blank(tmp_path: Path, words: tuple[str, ...]) -> None:
    answer = architect(*words, "--no-build", folder=tmp_path)
    assert answer.status == 0, answer.err
    assert "The design is in blog/backend.yaml" in answer.out
    assert [path.name for path in (tmp_path / "blog").iterdir()] == ["backend.yaml"]


def test_a_design_alone_as_data(tmp_path: Path) -> None:
    told = json.loads(architect("A blog without tags", "--no-build", "--json", folder=tmp_path).out)
    assert (told["design"], told["left_out"]) == ("blog/backend.yaml", ["tags"])


@pytest.mark.parametrize(("word", "code"), [("", "brief-empty"), ("用户可以发帖", "brief-language")])
def test_a_sentence_that_cannot_be_read(tmp_path: Path, word: str, code: str) -> None:
    answer = architect(word, folder=tmp_path)
    assert (answer.status, code in answer.err) == (1, True)
    assert not list(tmp_path.iterdir())


def test_options_before_the_sentence_work(tmp_path: Path) -> None:
    assert architect("--dir", "here", SENTENCE, folder=tmp_path).status == 0
    assert (tmp_path / "here/backend.yaml").exists()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_examples(command: str) -> None:
    answer = architect(command, "--help")
    assert answer.status == 0
    assert "Example" in answer.out
    assert f"architect {command}" in answer.out


def test_help_lists_every_command() -> None:
    answer = architect("--help")
    assert all(f"\n  {command} " in answer.out for command in COMMANDS)
    assert all(f" {option} " in answer.out for option in ("--dir", "--no-build", "--up", "--yes", "--db", "--json"))
    assert architect("--version").out.startswith("backend-architect 0.")


def test_check_says_all_is_well() -> None:
    told = architect("check", str(EXAMPLE))
    assert told.status == 0
    assert told.out.splitlines()[-1].endswith(": no problems found (3 entities, 2 edges, 6 lists)")
    assert json.loads(architect("check", str(EXAMPLE), "--json").out)["problems"] == []


def test_check_lists_every_problem_with_place_and_fix(tmp_path: Path) -> None:
    file = tmp_path / "backend.yaml"
    file.write_text("design: 1\nbackend: shop\nentities:\n  item:\n    fields:\n      a: texd\n      b: {type: nope}\n")
    answer = architect("check", folder=tmp_path)
    assert answer.status == 1
    assert "backend.yaml:6:" in answer.err
    assert "backend.yaml:7:" in answer.err
    assert "fix:" in answer.err
    problems = json.loads(architect("check", "--json", folder=tmp_path).out)["problems"]
    assert {problem["line"] for problem in problems} >= {6, 7}
    assert set(problems[0]) == {"code", "message", "fix", "file", "line", "column", "path"}


def test_check_of_a_file_that_is_not_there(tmp_path: Path) -> None:
    answer = architect("check", folder=tmp_path)
    assert answer.status == 1
    assert "Traceback" not in answer.err


def test_decide_answers_every_question() -> None:
    answer = architect("decide", str(EXAMPLE))
    assert answer.status == 0
    assert "postgresql" in answer.out
    assert len(json.loads(architect("decide", str(EXAMPLE), "--json").out)) > 18
    assert json.loads(architect("decide", str(EXAMPLE), "--only", "cache", "--json").out)["slug"] == "cache"
    assert "10x" in architect("decide", str(EXAMPLE), "--load", "10x").out


@pytest.mark.parametrize("options", [("--load", "ten"), ("--load", "0x"), ("--only", "nothing")])
def test_decide_refuses_what_makes_no_sense(options: tuple[str, str]) -> None:
    answer = architect("decide", str(EXAMPLE), *options)
    assert answer.status == 2
    assert options[1] in answer.err


def test_decide_shows_what_one_decision_becomes_under_another_load() -> None:
    one = architect("decide", str(EXAMPLE), "--only", "rate-limits", "--load", "100x")
    assert "rate-limits: in-process -> valkey" in one.out
    assert "cache" not in one.out
    flips = json.loads(architect("decide", str(EXAMPLE), "--only", "rate-limits", "--load", "100x", "--json").out)
    assert [flip["slug"] for flip in flips["flips"]] == ["rate-limits"]
    stays = architect("decide", str(EXAMPLE), "--only", "api-style", "--load", "100x")
    assert stays.out == "At 100x: api-style stays rest.\n"
    too_large = architect("decide", str(EXAMPLE), "--load", "1000000x")
    assert too_large.status == 2
    assert "more than 100,000 times" in too_large.err


def test_schema_is_json_schema() -> None:
    assert json.loads(architect("schema").out)["$schema"].startswith("https://json-schema.org/")


def test_init_writes_a_design_that_is_right(tmp_path: Path) -> None:
    assert architect("init", "shop", folder=tmp_path).status == 0
    assert architect("check", "shop/backend.yaml", folder=tmp_path).status == 0
    design, schema = (tmp_path / "shop" / name for name in ("backend.yaml", "backend.schema.json"))
    assert design.read_text().startswith(f"# yaml-language-server: $schema={schema.name}\n")
    assert schema.read_text() == architect("schema").out
    assert architect("build", "shop", "--dry-run", folder=tmp_path).status == 0
    again = architect("init", "shop", folder=tmp_path)
    assert (again.status, "design-exists" in again.err) == (1, True)
    assert architect("init", "Not A Slug", folder=tmp_path).status == 1
    assert [path.name for path in tmp_path.iterdir()] == ["shop"]


def test_build_tells_a_design_that_is_wrong_and_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "backend.yaml").write_text("design: 1\nbackend: shop\nentities: {a: {fields: {b: nope}}}\n")
    assert architect("build", folder=tmp_path).status == 1
    assert [path.name for path in tmp_path.iterdir()] == ["backend.yaml"]


def test_up_without_a_project(tmp_path: Path) -> None:
    answer = architect("up", folder=tmp_path)
    assert answer.status == 1
    assert "no-project" in answer.err
    assert not list(tmp_path.iterdir())


def test_a_reader_that_goes_away_is_no_trouble() -> None:
    command = " ".join(["'" + word + "'" for word in [*ARCHITECT, "schema"]])
    done = subprocess.run(
        ["bash", "-c", f"{command} | head -1; echo ${{PIPESTATUS[0]}}"], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    assert done.stdout.splitlines()[0] == "{"


def test_ctrl_c_ends_in_peace(tmp_path: Path) -> None:
    command = [sys.executable, "-X", "importtime", *ARCHITECT[1:], SENTENCE]  # stderr tells how far it is
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stderr
    assert any(line.endswith(" backend_architect.cli.app\n") for line in process.stderr)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=120)
    assert process.returncode in {130, 0}
    assert "Traceback" not in err
    assert architect(SENTENCE, folder=tmp_path).status == 0


@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_colours_only_where_somebody_looks(tmp_path: Path, no_color: str, *, coloured: bool) -> None:
    master, terminal = pty.openpty()
    subprocess.run(
        [*ARCHITECT, "check", "nothing.yaml"],
        cwd=tmp_path,
        env={**os.environ, "NO_COLOR": no_color, "TERM": "xterm"},
        stdin=subprocess.DEVNULL,
        stdout=terminal,
        stderr=terminal,
        check=False,
    )
    os.close(terminal)
    said = os.read(master, 10_000)
    os.close(master)
    assert (b"\x1b[31m" in said) is coloured


@pytest.mark.parametrize(("words", "times"), [(("--help",), 2.0), (("check", str(EXAMPLE)), 14.0)])
def test_answers_come_at_once(words: tuple[str, ...], times: float) -> None:
    """Help takes about as long as importing typer, and a check some nine times that; both with much to spare."""
    pairs = [
        (_processor_seconds(*ARCHITECT, *words), _processor_seconds(sys.executable, "-c", "import typer"))
        for _ in range(3)
    ]
    took, measure = (min(each) for each in zip(*pairs, strict=True))
    assert took < times * measure


def _processor_seconds(*command: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
