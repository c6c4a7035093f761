"""README of a built project, followed to the letter: a route and a column by hand; then the project's checks hold."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from backend_architect.pipeline import build_from

EXAMPLES = Path(__file__).parents[2] / "examples"


def _edited(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1, (path, old)
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def follow(folder: Path) -> str:
    """Do in a project what its README says; return the resource that it was done to."""
    text = (folder / "README.md").read_text(encoding="utf-8")
    route, column = text.partition("## Adding a route")[2].split("## Adding a column")
    [statement, served] = [
        re.sub("^   ", "", block, flags=re.M) for block in re.findall(r"```python\n(.*?)   ```", route, re.S)
    ]
    plural, maker = re.findall(r"above `(_\w+)` in `app/(\w+)/queries.py`", route)[0][::-1]
    slice_ = folder / "app" / plural
    _edited(slice_ / "queries.py", f"def {maker}(", f"{statement}\n\ndef {maker}(")
    first = re.findall(
        r'@router\.\w+\("[^"]*\{' + re.findall(r"with a `{(\w+)}`", route)[0], (slice_ / "routes.py").read_text()
    )[0]
    _edited(slice_ / "routes.py", first, f"{served}\n\n{first}")
    _edited(
        slice_ / "access.py",
        "ACCESS = (\n",
        "ACCESS = (\n    " + re.findall(r"access\.py`: `(.*?,)`\n", route)[0] + "\n",
    )
    tests = folder / f"tests/{plural}/test_{plural}.py"
    reads = "    assert await world.statements_of_reads(ACCESS) == {\n"
    _edited(tests, reads, reads + "        " + re.findall(r"test_\w+\.py`: `(.*?,)`\n", route)[0] + "\n")
    index = re.findall(r"`(CREATE INDEX .*?;)`", route)[0]
    (folder / "migrations/0010_by_hand.sql").write_text(f"-- migrate:up\n{index}\n-- migrate:down\n")
    migration = re.findall(r"```sql\n(.*?)   ```", column, re.S)[0]
    (folder / "migrations/0011_by_hand.sql").write_text(re.sub("^   ", "", migration, flags=re.M))
    _column(slice_, re.findall(r"ADD COLUMN (\w+)", migration)[0], column)
    return plural


def _column(slice_: Path, name: str, told: str) -> None:
    """Make the edits of the second and third step, each said in README between backticks."""
    shown, field, listed, read, taken, given, changed, value = (
        f"{name}: str | None", f"{name}: Annotated[str, Field(max_length=120)] | None = None", f"{slice_.name}.{name}",
        f'{name}=row["{name}"]', f":{name}::text AS {name}", f"{name}=new.{name}",
        f"{name} = coalesce(:{name}, {slice_.name}.{name}),", f'"{name}": changes.{name}',
    )  # fmt: skip
    assert [
        each for each in (shown, field, listed, read, taken, given, changed, value) if f"`{each}`" not in told
    ] == []
    row = re.findall(r"` in `(\w+)`; `", told)[0]
    schemas, queries = slice_ / "schemas.py", slice_ / "queries.py"
    text = schemas.read_text()
    text = re.sub(rf'(class {row}:\n    """.*?"""\n\n)', rf"\1    {shown}\n", text)
    text = re.sub(
        rf'(class New{row}\(\w+\):\n    """.*?"""\n\n|class {row}Changes\(\w+\):\n    """.*?"""\n\n)',
        rf"\1    {field}\n",
        text,
    )
    schemas.write_text(text)
    text = queries.read_text()
    text = text.replace('COLUMNS = """\n    ', f'COLUMNS = """\n    {listed}, ', 1)
    text = re.sub(rf"(def _\w+\(row: Record\) -> {row}:\n    return {row}\(\n)", rf"\1        {read},\n", text)
    before, create = text.split("\nCREATE = ", 1)
    create, update = create.split("\nUPDATE = ", 1)
    create = re.sub(r"(new AS \(\s*SELECT )", rf"\1{taken},\n        ", create, count=1)
    create = re.sub(r"(INSERT INTO \w+ \()", rf"\1{name}, ", create, count=1)
    create = re.sub(r"(SELECT )new\.", rf"\1new.{name}, new.", create, count=1)
    create = create.replace("db.fetchrow(CREATE, ", f"db.fetchrow(CREATE, {given}, ", 1)
    update = re.sub(r"(\n    SET )", rf"\1{changed} ", update, count=1)
    update = update.replace("values = {", f"values = {{{value}, ", 1)
    queries.write_text(f"{before}\nCREATE = {create}\nUPDATE = {update}")


@pytest.mark.slow
@pytest.mark.parametrize("example", ["social-sharing", "helpdesk"])
def test_a_route_and_a_column_are_added_as_readme_says(example: str, tmp_path: Path) -> None:
    for path, text in build_from(EXAMPLES / example / "backend.yaml").project.files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    plural = follow(tmp_path)
    for command in (
        ("ruff", "format", "app", "tests"), ("ruff", "check", "--fix", "app", "tests"), ("mypy", f"app/{plural}"),
        ("pytest", "-q", "-p", "no:cacheprovider", f"tests/{plural}", "tests/runtime/test_openapi.py"),
    ):  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-m", *command], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command}\n{done.stdout[-4000:]}{done.stderr[-2000:]}"
