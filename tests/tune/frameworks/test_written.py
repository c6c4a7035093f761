"""What `--as` writes: Rails and Prisma as their documentation has it, and names that want to leave their quotes."""

import ast
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from backend_architect.cli.app import run
from backend_architect.errors import DatabaseError
from backend_architect.postgres import Session
from backend_architect.tune.frameworks import Framework, find_folder, render_as
from backend_architect.tune.frameworks.django_models import read_apps
from backend_architect.tune.frameworks.quoting import python, ruby, sqlalchemy_text
from backend_architect.tune.migration import Migration, plan_migration
from tests.tune.conftest import NewDatabase
from tests.tune.frameworks.shop import ALL, APART, INITIAL, RENAMED, TABLES, index
from tests.tune.migrating import HOSTILE, SHAPES, advice, catalog_of, recommended

BEGINNINGS = ("#", "class", "def", "end", "execute '", "add_", "remove_", "disable")
FOREIGN_KEY = """CREATE TABLE a (id int PRIMARY KEY);
CREATE TABLE b (a int REFERENCES a);
INSERT INTO a SELECT generate_series(1, 20000);
INSERT INTO b SELECT id FROM a;
ANALYZE a, b"""
NOW = datetime(2026, 5, 1, 12, 0, 0, tzinfo=UTC)
CONCURRENTLY = ", algorithm: :concurrently"
RAILS = {
    """add_index 'shop_order', ['customer_id', 'made'], name: 'N', order: { 'made' => 'DESC' }""",
    """add_index 'shop_order', ['state'], name: 'N', include: ['id', 'customer_id']""",
    """add_index 'shop_order', ['id'], name: 'N', where: 'state ~~ \\'o:pen%\\''""",
    """add_index 'shop_order', ['made', 'id'], name: 'N', order: { 'made' => 'DESC NULLS LAST' }""",
    """add_index 'shop_customer', '(lower(email))', name: 'N'""",
    """add_index 'shop_customer', ['email'], name: 'N', opclass: { 'email' => 'text_pattern_ops' }""",
    """add_index 'shop_customer', ['tags'], name: 'N', opclass: { 'tags' => 'jsonb_path_ops' }, using: 'gin'""",
}


@pytest.fixture
def migration(new_database: NewDatabase) -> Migration:
    """The migration of every shape."""
    url = new_database((TABLES.strip() + "\n" + APART).replace("; ", ";\n"))
    return plan_migration(advice(*map(recommended, ALL)), (), catalog_of(url))


def test_rails_and_prisma_get_each_index_by_itself(migration: Migration, tmp_path: Path) -> None:
    (tmp_path / "20260501120005_create_users.rb").write_text("class CreateUsers < ActiveRecord::Migration[8.0]\nend\n")
    files = render_as(Framework.RAILS, migration, tmp_path, NOW).files
    assert len(files) == len(ALL) + 1  # and an ANALYZE, once the indexes of expressions are there
    assert [path.name[:14] for path in files][:2] == ["20260501120006", "20260501120007"]  # after the last one
    text = "\n".join(files.values())
    assert text.count("  disable_ddl_transaction!") == len(files) == text.count("ActiveRecord::Migration[8.0]")
    told = re.sub(r"name: '[^']*'", "name: 'N'", text)
    assert {line.strip() for line in told.splitlines()} >= {each + CONCURRENTLY for each in RAILS}
    assert """ ON apart."Odd ""n"" %ame" ("b\\'b", a)'\n""" in text
    assert (
        len(re.findall(r"^    remove_index '\w+', name: '\w+', algorithm: :concurrently, if_exists: true$", text, re.M))
        == 9
    )
    assert "execute 'DROP INDEX CONCURRENTLY IF EXISTS apart." in text
    assert "execute 'ANALYZE public.shop_customer'" in text
    for path, content in files.items():
        name = path.stem[15:]
        assert f"class {name.replace('tune_', 'Tune')} <" in content
        path.write_text(content)
    assert not render_as(Framework.RAILS, migration, tmp_path, NOW).files  # they are there already

    old = tmp_path / "old"
    old.mkdir()
    (old / "20250101000000_a.rb").write_text("class A < ActiveRecord::Migration[7.0]")
    text = "\n".join(render_as(Framework.RAILS, migration, old, NOW).files.values())
    assert "include:" not in text and "ON public.shop_order (state) INCLUDE (id, customer_id)" in text

    prisma = tmp_path / "prisma"
    prisma.mkdir()
    files = render_as(Framework.PRISMA, migration, prisma, NOW).files
    made = [text for path, text in files.items() if path.name == "migration.sql"]
    bodies = [[line for line in text.splitlines() if line and not line.startswith("--")] for text in made]
    assert len(bodies) == len(ALL) + 1 and all(len(body) == 1 for body in bodies)  # one statement a file
    assert sum(body[0].startswith("CREATE INDEX CONCURRENTLY ") for body in bodies) == len(ALL)
    assert not any("IF NOT EXISTS" in text for text in made)
    assert any('@@index([customer_id, made(sort: Desc)], map: "shop_order_' in text for text in made)
    downs = [text for path, text in files.items() if path.name == "down.sql"]
    assert len(downs) == len(ALL) and all("DROP INDEX CONCURRENTLY IF EXISTS" in text for text in downs)


def test_hostile_names_and_partitions_stay_in_their_quotes(new_database: NewDatabase, tmp_path: Path) -> None:
    catalog = catalog_of(new_database(SHAPES))
    indexes = (index(HOSTILE, HOSTILE), index("events", "at", "kind"))
    migration = plan_migration(advice(*map(recommended, indexes)), (), catalog)
    app = tmp_path / "h/migrations"
    app.mkdir(parents=True)
    for framework in (Framework.DJANGO, Framework.ALEMBIC):
        for path, text in render_as(framework, migration, app, NOW).files.items():
            tree = ast.parse(text)
            texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
            if "ATTACH PARTITION" in text:
                assert text.count("ATTACH PARTITION") == 4, path  # of a partitioned table it is one migration
            else:
                assert any(HOSTILE in str(each).replace('""', '"') for each in texts), path
    for text in render_as(Framework.RAILS, migration, app, NOW).files.values():
        lines = text.replace("\nON ONLY", " ON ONLY").splitlines()  # of the hostile name, within quotes
        assert all(line.lstrip().startswith(BEGINNINGS) for line in lines if line)


def test_texts_of_other_languages() -> None:
    assert ruby("it's #{x} \\") == "'it\\'s #{x} \\\\'"
    assert ast.literal_eval(python("a\"b'c\\d\ne")) == "a\"b'c\\d\ne"
    assert sqlalchemy_text("a::text = ':x' AND b = 'y:z'") == "a::text = '\\:x' AND b = 'y:z'"  # as its own reading


def test_models_are_read_from_migrations_as_they_are_now(tmp_path: Path) -> None:
    folder = tmp_path / "shop/migrations"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    (folder / "0001_initial.py").write_text(INITIAL)
    [app] = read_apps(tmp_path)
    assert set(app.by_table()) == {"shop_customer", "bought"}
    (folder / "0002_renamed.py").write_text(RENAMED)
    (folder / "0003_broken.py").write_text("class Migration(:")
    (tmp_path / "shop/apps.py").write_text("class Shop:\n    label = 'store'\n")
    [app] = read_apps(folder)
    assert app.label == "store" and app.leaves == ["0001_initial", "0002_renamed"]  # of the label that it had
    (tmp_path / "shop/apps.py").unlink()
    [app] = read_apps(tmp_path)
    assert app.leaves == ["0002_renamed"]
    assert app.by_table()["shop_order"].field_by_column["customer_id"] == "customer"
    assert app.by_table()["shop_customer"].field_by_column["email"] == "mail"


def test_a_folder_that_is_none_is_told_before_the_work(
    new_database: NewDatabase, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DatabaseError, match="no migrations of Rails are below"):
        find_folder(Framework.RAILS, None, tmp_path)
    assert run(["tune", "postgresql://nobody.invalid/x", "--as", "prisma"]) == 1
    assert "--as prisma --migration FOLDER" in capsys.readouterr().err
    url = new_database(FOREIGN_KEY)
    (tmp_path / "db/migrate").mkdir(parents=True)
    assert run(["tune", url, "--as", "rails", "--time", "0s"]) == 0
    assert "1 migrations of rails are written" in capsys.readouterr().out
    [path] = (tmp_path / "db/migrate").iterdir()
    assert "add_index 'b', ['a'], name: 'b_a_idx', algorithm: :concurrently" in path.read_text()
    with Session(url) as session:
        assert session.value("SELECT count(*) FROM pg_indexes WHERE tablename = 'b'") == 0
