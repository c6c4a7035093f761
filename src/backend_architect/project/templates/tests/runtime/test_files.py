"""Files: what a signed form allows, and whose files one may name."""

import json
from base64 import b64decode
from uuid import uuid4

import pytest

from app.auth.viewer import Caller
from app.errors import Invalid
from app.files import FIELDS, NewUpload, download_url, own_file, upload_form
from app.settings import Settings

STORE = {"s3_endpoint": "https://s3.example", "s3_bucket": "b", "s3_access_key": "a" * 20, "s3_secret_key": "s" * 40}


@pytest.fixture
def store() -> Settings:
    return Settings(database_url="postgresql://nowhere/", jwt_secret="s" * 40, **STORE)  # type: ignore[arg-type]


def upload(field: str, content_type: str) -> NewUpload:
    return NewUpload.model_validate({"field": field, "content_type": content_type})


@pytest.mark.parametrize("field", FIELDS)
def test_a_form_is_bound_to_owner_size_and_kind(store: Settings, field: str) -> None:
    owner, accepted = uuid4(), FIELDS[field]
    form = upload_form(store, upload(field, accepted.content_types[0]), owner)
    conditions = json.loads(b64decode(form.fields["policy"]))["conditions"]
    assert form.key.startswith(f"{field}/{owner}/")
    assert {"key": form.key} in conditions
    assert {"Content-Type": accepted.content_types[0]} in conditions
    assert ["content-length-range", 1, accepted.max_bytes] in conditions


@pytest.mark.parametrize("field", FIELDS)
def test_other_kinds_are_refused(store: Settings, field: str) -> None:
    with pytest.raises(Invalid):
        upload_form(store, upload(field, "text/html"), uuid4())


@pytest.mark.parametrize("field", FIELDS)
def test_nobody_names_the_file_of_another(field: str) -> None:
    me = Caller(id=uuid4(), roles=frozenset(), session=uuid4())
    assert own_file(field, f"{field}/{me.id}/{uuid4()}", me)
    assert own_file(field, None, me) is None
    for key in (f"{field}/{uuid4()}/{uuid4()}", "../secrets", ""):
        with pytest.raises(Invalid):
            own_file(field, key, me)


def test_an_address_is_signed_and_told_again(store: Settings) -> None:
    url = download_url(store, "a/b")
    assert url.startswith("https://s3.example/b/a/b?")
    assert "X-Amz-Signature=" in url
    assert download_url(store, "a/b") == url
