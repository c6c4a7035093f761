"""A sentence inside a project changes it: whole or not at all, with the team's edits, and a database that has rows."""

import asyncio
import json
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
import httpx
import pytest

from backend_architect.postgres import EmbeddedServer
from backend_architect.proof.lab import held_port
from backend_architect.running import RunEnvironment, migrate, serving
from backend_architect.running.identity_provider import StrictProvider, running_provider
from tests.cli.typed import SENTENCE, architect
from tests.schema.test_difference import OBJECTS

ADD = "Add OAuth2 login with Google and GitHub"
OWN = {
    "app/main.py": (
        "    settings = settings or load_settings()\n",
        "    settings = settings or load_settings()  # ours\n",
    ),
    "app/auth/routes.py": ('@router.get("/me"', '# ours\n@router.get("/me"'),
    "app/posts/queries.py": ("VISIBLE = ", "# ours\nVISIBLE = "),
    "README.md": ("## Where things are", "Ask us in #social.\n\n## Where things are"),
    ".env.example": ("# The host names that clients use.", "# Our host names."),
}
OWN_MIGRATION = (
    "-- migrate:up\nALTER TABLE posts ADD COLUMN pinned boolean NOT NULL DEFAULT false;\n\n-- migrate:down\n"
)
REFUSED = {
    "Add OAuth2 login with Google and webhooks": "webhooks",
    "Remove Google login": "by hand",
    "Add login with facebook": "openid",
    "Add OAuth2 login": "Google and GitHub",
    "We need an API for recipes": "recipes",
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that a team has edited, with a migration of its own."""
    folder = tmp_path_factory.mktemp("add")
    assert architect(SENTENCE, folder=folder).status == 0
    for path, (old, new) in OWN.items():
        file = folder / "social-sharing" / path
        assert old in file.read_text(), path
        file.write_text(file.read_text().replace(old, new, 1))
    (folder / "social-sharing/migrations/0004_pinned.sql").write_text(OWN_MIGRATION)
    return folder / "social-sharing"


@pytest.fixture(scope="module")
def providers() -> Iterator[dict[str, StrictProvider]]:
    """Google and GitHub, as they are on this machine."""
    with running_provider() as google, running_provider() as github:
        yield {"google": google, "github": github}


def files_of(folder: Path) -> dict[str, str]:
    found = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {str(path.relative_to(folder)): path.read_text() for path in found}


def test_what_cannot_be_done_changes_nothing(project: Path) -> None:
    before = files_of(project)
    for sentence, told in REFUSED.items():
        answer = architect(sentence, "--yes", folder=project)
        assert answer.status == 1, sentence
        assert told in answer.err, (sentence, answer.err)
    assert architect(ADD, folder=project).status == 1  # nobody can say yes here
    assert architect("add", ADD, "--dry-run", folder=project).status == 0
    assert architect("add", ADD, "--yes", "--dir", "nowhere", folder=project).status == 1
    assert files_of(project) == before


def test_a_design_that_was_not_built_is_built_first(project: Path) -> None:
    design = project / "backend.yaml"
    text = design.read_text()
    design.write_text(text.replace("max: 2000", "max: 1999"))
    answer = architect(ADD, "--yes", folder=project)
    design.write_text(text)
    assert answer.status == 1
    assert "build-first" in answer.err


def test_the_sentence_on_a_project_with_edits_and_a_database_with_rows(
    project: Path, server: EmbeddedServer, providers: dict[str, StrictProvider], tmp_path: Path
) -> None:
    asyncio.run(_created(server, "added", "fresh"))
    place = _place(project, server.url("added"))
    migrate(place)
    asyncio.run(_filled(server.url("added")))
    before = files_of(project)

    answer = architect(ADD, "--yes", folder=project)
    assert answer.status == 0, answer.err
    after = files_of(project)
    assert "sign_in: [password, google, github]" in after["backend.yaml"]
    assert after["backend.yaml"].replace(", google, github", "") == before["backend.yaml"]
    for part in ("CREATE TABLE auth_identities", "Sign-in: password → ", "GOOGLE_CLIENT_SECRET", "0005_identities.sql"):
        assert part in answer.out
    assert [path for path in OWN if OWN[path][1] not in after[path]] == []
    assert after["migrations/0004_pinned.sql"] == OWN_MIGRATION
    assert [path for path, text in after.items() if "<<<<<<<" in text and not path.startswith(".architect")] == []
    again = architect("add", ADD, "--json", folder=project)
    assert json.loads(again.out) == {"changed": False, "design": "backend.yaml"}
    assert architect("build", "--dry-run", folder=project).out == ""

    migrate(place)
    _fresh(tmp_path, after, server)
    assert asyncio.run(_objects(server.url("added"))) == asyncio.run(_objects(server.url("fresh")))
    assert asyncio.run(_accounts(server.url("added"))) == ["ada@people.example"]
    _sign_in_with_both(place, providers)
    assert asyncio.run(_accounts(server.url("added"))) == [
        "ada@people.example",
        "github@people.example",
        "google@people.example",
    ]


def _sign_in_with_both(place: RunEnvironment, providers: dict[str, StrictProvider]) -> None:
    """Fail unless somebody new and, later, somebody known signs in with each."""
    changes: dict[str, str] = {}
    for name, provider in providers.items():
        prefix = name.upper()
        provider.redirect_uris.add(f"https://api.example/v1/auth/{name}/callback")
        provider.person.email = f"{name}@people.example"
        changes[f"{prefix}_CLIENT_ID"], changes[f"{prefix}_CLIENT_SECRET"] = provider.client_id, provider.client_secret
        changes[f"{prefix}_REDIRECT_URI"] = f"https://api.example/v1/auth/{name}/callback"
    changes |= {"GOOGLE_ISSUER": providers["google"].url, "GITHUB_URL": providers["github"].url}
    changes |= {"GITHUB_API_URL": f"{providers['github'].url}/api"}
    with ExitStack() as stack:
        port = stack.enter_context(held_port())
        place = RunEnvironment(place.folder, place.python, {**place.environment, **changes, "PORT": str(port)})
        log = stack.enter_context((place.folder.parent / "server.log").open("w"))
        stack.enter_context(serving(place, port, log=log))
        for name in providers:
            client = httpx.Client(base_url=f"http://127.0.0.1:{port}")
            told = _visit(client, name)
            assert told.status_code == 200, told.text
            body = {"name": name.title(), "handle": name}
            done = client.post(
                "/v1/auth/sign-up", json=body, headers=_cookies(told) | {"Sec-Fetch-Site": "same-origin"}
            )
            assert done.status_code == 204, done.text
            known = _visit(client, name)
            assert (known.status_code, known.headers["location"]) == (303, "/v1/me")
            assert client.get("/v1/me", headers=_cookies(known)).json()["handle"] == name


def _visit(client: httpx.Client, name: str) -> httpx.Response:
    """Return the answer to a way to the provider and back; the cookies are secure ones, and this is plain HTTP."""
    away = client.get(f"/v1/auth/{name}")
    assert away.status_code == 303, away.text
    consented = httpx.get(away.headers["location"])
    assert consented.status_code == 302, consented.text
    query = parse_qs(urlsplit(consented.headers["location"]).query)
    return client.get(f"/v1/auth/{name}/callback", params=query, headers=_cookies(away))


def _cookies(answer: httpx.Response) -> dict[str, str]:
    return {"Cookie": "; ".join(each.split(";")[0] for each in answer.headers.get_list("set-cookie"))}


def _place(folder: Path, url: str) -> RunEnvironment:
    environment = {"ENVIRONMENT": "production", "DATABASE_URL": url, "JWT_SECRET": "only for these tests, " * 2}
    environment |= {"TRUSTED_HOSTS": "127.0.0.1", "HOST": "127.0.0.1", "PATH": os.environ["PATH"]}
    return RunEnvironment(folder, Path(sys.executable), environment)


def _fresh(folder: Path, files: dict[str, str], server: EmbeddedServer) -> None:
    """Migrate another database with what a new project with this design has, and the team's own migration after it."""
    (folder / "backend.yaml").write_text(files["backend.yaml"])
    assert architect("build", str(folder)).status == 0
    (folder / "migrations/0005_pinned.sql").write_text(OWN_MIGRATION)
    migrate(_place(folder, server.url("fresh")))


async def _created(server: EmbeddedServer, *names: str) -> None:
    admin = await asyncpg.connect(server.url())
    for name in names:
        await admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await admin.execute(f"CREATE DATABASE {name}")
    await admin.close()


async def _filled(url: str) -> None:
    database = await asyncpg.connect(url)
    user = await database.fetchval("INSERT INTO users (name, handle) VALUES ('Ada', 'ada') RETURNING id")
    await database.execute("INSERT INTO auth_accounts (user_id, email) VALUES ($1, 'ada@people.example')", user)
    await database.execute("INSERT INTO posts (author_id, body) VALUES ($1, 'Hello')", user)
    await database.close()


async def _objects(url: str) -> set[str]:
    database = await asyncpg.connect(url)
    found = {row[0] for row in await database.fetch(OBJECTS)}
    await database.close()
    return found


async def _accounts(url: str) -> list[str]:
    database = await asyncpg.connect(url)
    found = [row[0] for row in await database.fetch("SELECT email FROM auth_accounts ORDER BY email")]
    await database.close()
    return found
