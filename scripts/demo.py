"""From one sentence to answered requests: `make demo`. Real processes, real HTTP, everything removed at the end."""

import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

SENTENCE = "We need an API for our social sharing feature"
ARCHITECT = [sys.executable, "-c", "import sys; from backend_architect.cli import main; sys.exit(main())"]
PASSWORD = "correct-horse-battery-9"  # noqa: S105  (of an account that lives for seconds)
SHOWN = 300


@dataclass(frozen=True)
class Caller:
    """One person who talks to the API."""

    host: str
    token: str = ""

    def ask(self, method: str, path: str, body: object = None, *, expect: int) -> dict[str, object]:
        """Return the answer's body, after showing request and answer; raise if the status is another."""
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        connection = http.client.HTTPConnection(self.host, timeout=30)
        with contextlib.closing(connection):
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            content = answer.read().decode()
        _show(method, path, body, answer, content)
        if answer.status != expect:
            raise SystemExit(f"expected {expect}, not {answer.status}")
        return dict(json.loads(content)) if content[:1] == "{" else {}

    def signed_in(self, name: str) -> "Caller":
        """Return a new account, signed in."""
        email = f"{name}@example.com"
        account = {"email": email, "password": PASSWORD, "handle": name, "name": name.capitalize()}
        self.ask("POST", "/v1/auth/register", account, expect=202)
        tokens = self.ask("POST", "/v1/auth/sign-in", {"email": email, "password": PASSWORD}, expect=200)
        return Caller(self.host, str(tokens["access_token"]))


def main() -> None:
    """Show it all, and say how long it took."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="architect-demo-") as place:
        folder = Path(place) / "social-sharing"
        _say(f'$ architect "{SENTENCE}"')
        subprocess.run([*ARCHITECT, SENTENCE, "--dir", str(folder), "--yes"], check=True)
        _say(f"$ architect up {folder.name} --seed 100")
        with _running(folder) as ben:
            anybody = Caller(ben.host)
            anybody.ask("GET", "/v1/trending?limit=1", expect=200)
            first = time.monotonic() - started
            _tour(anybody, ben)
    whole = time.monotonic() - started
    _say(f"From the sentence to the first answered request: {first:.1f} s; all of it: {whole:.1f} s.")


def _tour(anybody: Caller, ben: Caller) -> None:
    _say("Ada registers and signs in. Ben has the developer's account that `architect up` made.")
    ada = anybody.signed_in("ada")
    _say("Ada posts; anybody reads it.")
    post = ada.ask("POST", "/v1/posts", {"body": "Hello from the demo"}, expect=201)
    address = f"/v1/posts/{post['id']}"
    anybody.ask("GET", address, expect=200)
    _say("Ben cannot change it: for him there is no such post.")
    ben.ask("PATCH", address, {"body": "Mine now"}, expect=404)
    _say("Posting requires signing in, and every invalid field is reported.")
    anybody.ask("POST", "/v1/posts", {"body": "x"}, expect=401)
    ben.ask("POST", "/v1/posts", {"body": "", "author_id": "me"}, expect=422)
    _say("Ben follows Ada, likes the post, and reads his feed.")
    author = post["author"]
    assert isinstance(author, dict)
    ben.ask("PUT", f"/v1/users/{author['id']}/follow", expect=204)
    ben.ask("PUT", f"{address}/like", expect=204)
    feed = ben.ask("GET", "/v1/feed?limit=2", expect=200)
    items = feed["items"]
    assert isinstance(items, list)
    assert items[0]["id"] == post["id"]


@contextlib.contextmanager
def _running(folder: Path) -> Iterator[Caller]:
    """Run the project, its log in a file, and give the developer's account."""
    log = folder.parent / "log"
    command = [*ARCHITECT, "up", str(folder), "--json", "--seed", "100", "--no-reload"]
    with log.open("w") as file:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=file, text=True, start_new_session=True)
    try:
        assert process.stdout
        output = _until_ready(process.stdout)
        if '"url"' not in output:
            raise SystemExit(output + log.read_text())
        lines_before = [line for line in log.read_text().splitlines() if "Warning" not in line and line[:1] not in " {"]
        print("\n".join(lines_before))
        ready = json.loads(output)
        yield Caller(urlsplit(ready["url"]).netloc, ready["token"])
    finally:
        os.kill(process.pid, signal.SIGTERM)
        process.wait(60)


def _until_ready(lines: Iterable[str]) -> str:
    """Return the JSON that tells where it runs; empty when it ended before."""
    output = ""
    for line in lines:
        output += line
        if line == "}\n":
            return output
    return ""


def _show(method: str, path: str, body: object, answer: http.client.HTTPResponse, content: str) -> None:
    sent = "" if body is None else " " + json.dumps(body).replace(PASSWORD, "…")
    print(f"> {method} {path}{sent}")
    print(f"< {answer.status} {answer.reason} {answer.headers.get('content-type', '')}".rstrip())
    if content:
        print(f"  {content[:SHOWN]}{'…' if len(content) > SHOWN else ''}")


def _say(text: str) -> None:
    print(f"\n{text}", flush=True)


if __name__ == "__main__":
    main()
