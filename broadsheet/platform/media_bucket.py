"""Uploads and renditions in a bucket that we alone can read: their addresses stay ours, and signed."""

import posixpath
from typing import Any
from urllib.parse import urljoin

from botocore.config import Config
from django.conf import settings
from django.utils.encoding import filepath_to_uri
from storages.backends.s3 import S3Storage

SECONDS_TO_CONNECT, SECONDS_TO_READ = 5, 30


class MediaBucket(S3Storage):
    def __init__(self, **options: Any) -> None:
        config = Config(
            signature_version="s3v4",
            connect_timeout=SECONDS_TO_CONNECT,
            read_timeout=SECONDS_TO_READ,
            # Servers that are not Amazon's don't know its newest checksums.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        # Two uploads of one name are two files, as in a folder.
        given = {"client_config": config, "file_overwrite": False, "max_memory_size": 8 * 1024 * 1024}
        super().__init__(**given | options)

    def url(self, name: str, *args: Any, **kwargs: Any) -> str:
        return urljoin(settings.MEDIA_URL, filepath_to_uri(posixpath.normpath(name)))
