"""A bucket of S3, or of a server that speaks as S3 does."""

from dataclasses import dataclass, field
from typing import Any

from broadsheet.environment.malformed import Malformed
from broadsheet.environment.service_url import ServiceURL


@dataclass(frozen=True, slots=True)
class Bucket:
    name: str
    endpoint: str
    region: str
    key: str = ""
    """Without key and secret they are those of the environment or of the host's role."""
    secret: str = field(default="", repr=False)

    @classmethod
    def at(cls, raw: str) -> "Bucket":
        """From ``s3://key:secret@host:port/name?region=…&tls=no``; raises Malformed."""
        url = ServiceURL.of(raw, ("s3",), options=["region", "tls"])
        name = url.path.strip("/")
        if not url.host or not name or "/" in name:
            raise Malformed("it must name the server and one bucket on it")
        if bool(url.user) != bool(url.password):
            raise Malformed("key and secret belong together")
        if url.options.get("tls", "no") != "no":
            raise Malformed("tls can only be “no”")
        scheme = "http" if "tls" in url.options else "https"
        port = f":{url.port}" if url.port else ""
        host = f"[{url.host}]" if ":" in url.host else url.host
        region = url.options.get("region", "us-east-1")
        return cls(name, f"{scheme}://{host}{port}", region, url.user, url.password)

    @property
    def options(self) -> dict[str, Any]:
        """For django-storages."""
        return {
            "bucket_name": self.name,
            "endpoint_url": self.endpoint,
            "region_name": self.region,
            "access_key": self.key or None,
            "secret_key": self.secret or None,
        }
