"""Uploads and renditions in a bucket, on moto's server, which speaks as S3 does."""

import logging
from collections.abc import Iterator
from secrets import token_hex

import boto3
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from pytest_django import Settings

from broadsheet.editorial.media import renditions
from broadsheet.environment import Bucket
from broadsheet.people.models import Person
from broadsheet.platform.processes import readiness
from harness.ports import free_port
from tests.cast import signed_in
from tests.magazine import Magazine, make_picture
from tests.platform.conftest import Read, refusal

KEYS = {"aws_access_key_id": "key", "aws_secret_access_key": "secret", "region_name": "eu-central-1"}


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """Host and port of a server with nothing on it."""
    from moto.server import (
        ThreadedMotoServer,
    )  # only here: every worker imports this file, and one of them moto

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", free_port(), verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3: str, settings: Settings) -> Bucket:
    bucket = Bucket.at(f"s3://key:secret@{s3}/media-{token_hex(4)}?region=eu-central-1&tls=no")
    settings.MEDIA_BUCKET = bucket
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "broadsheet.platform.media_bucket.MediaBucket",
            "OPTIONS": bucket.options,
        }
    }
    boto3.client("s3", endpoint_url=bucket.endpoint, **KEYS).create_bucket(
        Bucket=bucket.name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    return bucket


@pytest.mark.django_db
def test_a_picture_is_read_and_rendered_out_of_the_bucket(
    bucket: Bucket, magazine: Magazine, client: Client
) -> None:
    picture = make_picture("reef")

    answer = client.get(renditions.address(picture, "whole", 320, "webp"))
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content)[8:12] == b"WEBP"
    kept = boto3.client("s3", endpoint_url=bucket.endpoint, **KEYS).list_objects_v2(Bucket=bucket.name)
    assert {key["Key"].partition("/")[0] for key in kept["Contents"]} == {"images", "original_images"}
    assert picture.file.url.startswith("/media/original_images/")


@pytest.mark.django_db
def test_staff_see_thumbnails_and_others_nothing(bucket: Bucket, client: Client, dev: Person) -> None:
    desk = signed_in(dev)
    name = default_storage.save("images/reef.webp", ContentFile(b"reef"))
    assert client.get(f"/media/{name}").status_code == 404
    assert b"".join(desk.get(f"/media/{name}").streaming_content) == b"reef"
    assert desk.get("/media/images/nowhere.webp").status_code == 404


def test_two_uploads_of_one_name_are_two_files(bucket: Bucket) -> None:
    names = {default_storage.save("images/two.webp", ContentFile(text)) for text in (b"one", b"two")}
    assert len(names) == 2


def test_a_bucket_that_is_not_there_is_named(bucket: Bucket, settings: Settings) -> None:
    assert readiness.check_bucket() == []
    settings.MEDIA_BUCKET = Bucket("nowhere", bucket.endpoint, bucket.region, "key", "secret")
    (found,) = readiness.check_bucket()
    assert found.msg.startswith(f"MEDIA_BUCKET: the bucket nowhere at {bucket.endpoint} can’t be used: ")
    assert "secret" not in found.msg


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("https://s3.example/media", "it must begin with s3://"),
        ("s3://s3.example", "it must name the server and one bucket on it"),
        ("s3://key@s3.example/media", "key and secret belong together"),
        ("s3://s3.example/media?tls=yes", "tls can only be “no”"),
    ],
)
def test_an_address_that_names_no_bucket_is_refused(read: Read, raw: str, reason: str) -> None:
    said = refusal(read, MEDIA_BUCKET=raw)
    assert said.startswith(f"MEDIA_BUCKET can’t be used: {reason}")
