"""`architect prove` from outside: what it says, what it keeps, and what it refuses."""

import json
import os
import signal
import subprocess
from pathlib import Path

import psutil
import pytest

from backend_architect.cli.app import run
from tests.cli.described import assert_described
from tests.cli.typed import ARCHITECT
from tests.soon import soon

EXAMPLE = Path(__file__).parents[2] / "examples" / "social-sharing" / "backend.yaml"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built project."""
    folder = tmp_path_factory.mktemp("prove") / "social"
    assert run(["build", str(folder), "--design", str(EXAMPLE)]) == 0
    return folder


def test_one_probe_is_tried_and_kept(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["prove", "P46-P49", str(project)]) == 0
    assert "Will it work? yes: 5 cases held" in capsys.readouterr().out
    kept = json.loads((project / ".data" / "proof.json").read_text())
    assert kept["results"][0]["probe"] == "P46-P49"
    assert kept["machine"]["postgresql"].startswith("18.")


def test_the_evidence_is_data_with_json(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["prove", "P01", str(project), "--json"]) == 0
    evidence = json.loads(capsys.readouterr().out)
    assert_described(evidence, "evidence")
    assert evidence["results"][0]["cases"][0]["repeat"].startswith('curl -i -X GET "$API/v1/me"')


def test_the_list_names_every_probe(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["prove", "--list"]) == 0
    assert "attacks   P01" in capsys.readouterr().out
    assert run(["prove", "--list", "attacks", "--json"]) == 0
    probes = json.loads(capsys.readouterr().out)
    assert_described(probes, "probes")
    assert probes[0]["name"] == "P01"
    assert {probe["group"] for probe in probes} == {"attacks"}


def test_what_is_no_probe_and_no_project_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["prove", "atacks"]) == 1
    assert "'atacks' is no folder and no probe" in capsys.readouterr().err
    assert run(["prove", str(tmp_path)]) == 1
    assert "no-project" in capsys.readouterr().err


def test_a_table_that_is_no_data_is_told_with_its_line(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = project / "app" / "posts" / "access.py"
    text = table.read_text()
    table.write_text(text.replace('"visible", 200', 'rule_of("posts"), 200', 1))
    try:
        assert run(["prove", "P01", str(project)]) == 1
    finally:
        table.write_text(text)
    assert "posts/access.py:7" in capsys.readouterr().err


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_the_database_of_the_own_tests_ends_with_an_interrupted_proof(project: Path, how: signal.Signals) -> None:
    process = subprocess.Popen(
        [*ARCHITECT, "prove", "tests", str(project), "--fresh"], stdout=subprocess.DEVNULL, start_new_session=True
    )
    database = project / ".data/test-postgres/postmaster.pid"
    try:
        soon(database.exists)
        os.killpg(process.pid, how)
        assert process.wait(60) == 130
    finally:
        process.kill()
    soon(lambda: not [each for each in psutil.process_iter() if _serves(each, database.parent)])


def _serves(process: psutil.Process, folder: Path) -> bool:
    try:
        return process.name() == "postgres" and str(folder) in " ".join(process.cmdline())
    except psutil.Error:
        return False
