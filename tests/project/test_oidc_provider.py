"""A built project signs people in with npm's oidc-provider, a certified server: skipped where there is no npm."""

import asyncio
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import asyncpg
import httpx
import pytest

from backend_architect.postgres import EmbeddedServer
from backend_architect.proof.lab import held_port
from backend_architect.running import RunEnvironment, migrate, serving
from tests.cli.typed import architect
from tests.conftest import ROOT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (shutil.which("npm") and shutil.which("node")), reason="npm is not installed"),
]

PACKAGE = "oidc-provider@9.13.3"
CALLBACK = "https://api.example.com/v1/auth/openid/callback"
SECRET = "a/secret+of:the%client"
DESIGN = ROOT / "tests/cases/designs/right/providers/backend.yaml"
FORM = re.compile(r'<form[^>]*action="([^"]+)"')


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the provider."""
    folder = tmp_path_factory.mktemp("oidc-provider")
    shutil.copy(Path(__file__).parent / "oidc_provider/server.mjs", folder)
    install = ["npm", "install", "--no-audit", "--no-fund", "--no-save", "--silent", PACKAGE]
    done = subprocess.run(install, cwd=folder, capture_output=True, text=True, check=False, timeout=120)
    if done.returncode:
        pytest.skip(f"npm cannot fetch {PACKAGE}: {done.stderr[-200:]}")
    command = ["node", "server.mjs", CALLBACK]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout
        yield next(line.strip() for line in process.stdout if line.startswith("http://"))
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory, server: EmbeddedServer, issuer: str) -> Iterator[httpx.Client]:
    """A client of the built project's running server."""
    folder = tmp_path_factory.mktemp("notebook")
    (folder / "backend.yaml").write_text(DESIGN.read_text().replace("google, github", "openid"))
    assert architect("build", str(folder)).status == 0
    asyncio.run(_create(server, "oidc"))
    environment = {
        "ENVIRONMENT": "production",
        "DATABASE_URL": server.url("oidc"),
        "JWT_SECRET": "only for tests, " * 3,
    }
    environment |= {"TRUSTED_HOSTS": "127.0.0.1", "HOST": "127.0.0.1", "PATH": os.environ["PATH"]}
    environment |= {"OPENID_CLIENT_ID": "backend", "OPENID_CLIENT_SECRET": SECRET, "OPENID_ISSUER": issuer}
    with held_port() as port, (folder / "server.log").open("w") as log:
        place = RunEnvironment(
            folder, Path(sys.executable), environment | {"PORT": str(port), "OPENID_REDIRECT_URI": CALLBACK}
        )
        migrate(place)
        with serving(place, port, log=log), httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            yield client


def test_somebody_new_signs_up_and_in(api: httpx.Client) -> None:
    told, kept = _consent(api, "grace")
    answer = api.get("/v1/auth/openid/callback", params=told, headers=kept)
    assert (answer.status_code, answer.json()["email"]) == (200, "grace@people.example"), answer.text
    body, same = {"handle": "grace"}, {"Sec-Fetch-Site": "same-origin"}
    done = api.post("/v1/auth/sign-up", json=body, headers=_cookies(answer) | same)
    assert done.status_code == 204, done.text
    told, kept = _consent(api, "grace")
    known = api.get("/v1/auth/openid/callback", params=told, headers=kept)
    assert known.status_code == 303, known.text
    assert api.get("/v1/me", headers=_cookies(known)).json()["handle"] == "grace"
    again = api.get("/v1/auth/openid/callback", params=told, headers=kept)
    assert (again.status_code, again.json()["type"]) == (400, "/problems/provider-refused")


def test_a_stolen_code_is_refused_by_the_provider(api: httpx.Client) -> None:
    stolen, _ = _consent(api, "victim")
    told, kept = _consent(api, "thief")
    answer = api.get("/v1/auth/openid/callback", params={**told, "code": stolen["code"]}, headers=kept)
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/provider-refused")


def test_an_address_that_is_not_verified_makes_no_account(api: httpx.Client) -> None:
    told, kept = _consent(api, "unverified")
    answer = api.get("/v1/auth/openid/callback", params=told, headers=kept)
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/address-not-verified")


def _consent(api: httpx.Client, name: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return what the provider's redirect brings, once `name` has signed in there, and the cookies of the backend."""
    away = api.get("/v1/auth/openid")
    assert away.status_code == 303, away.text
    with httpx.Client(timeout=30) as browser:
        answer = browser.get(away.headers["location"])
        for _ in range(12):
            if answer.is_redirect:
                url = urljoin(str(answer.url), answer.headers["location"])
                if url.startswith(CALLBACK):
                    query = parse_qs(urlsplit(url).query)
                    return {key: values[0] for key, values in query.items()}, _cookies(away)
                answer = browser.get(url)
                continue
            form = FORM.search(answer.text)
            assert form, answer.text[:2_000]
            prompt = "login" if 'value="login"' in answer.text else "consent"
            answer = browser.post(
                urljoin(str(answer.url), form[1]), data={"prompt": prompt, "login": name, "password": "-"}
            )
    raise AssertionError("the provider never came back")


def _cookies(answer: httpx.Response) -> dict[str, str]:
    return {"Cookie": "; ".join(each.split(";")[0] for each in answer.headers.get_list("set-cookie"))}


async def _create(server: EmbeddedServer, name: str) -> None:
    admin = await asyncpg.connect(server.url())
    await admin.execute(f"CREATE DATABASE {name}")
    await admin.close()
