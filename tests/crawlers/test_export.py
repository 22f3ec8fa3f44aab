"""What a CDN is told of the crawlers that may read everything."""

import json
from io import StringIO
from ipaddress import ip_network
from pathlib import Path

import pytest
from django.core.management import call_command

from broadsheet.crawlers.known import KNOWN, Treatment
from broadsheet.crawlers.models import CrawlerPolicy
from broadsheet.crawlers.ranges import Networks, Published, RangeFile
from broadsheet.platform import clock


@pytest.fixture(autouse=True)
def _published(settings, tmp_path: Path, db: None) -> None:
    settings.CRAWLER_RANGES = tmp_path / "crawlers.json"
    networks = {
        "googlebot": ["66.249.66.0/28", "66.249.66.16/28", "2001:4860:4801:10::/64"],
        "bingbot": ["40.77.167.0/24"],
        "gptbot": ["20.171.206.0/24"],
    }
    lists = {
        KNOWN[slug].ranges[0]: Published(Networks(map(ip_network, written)), clock.now())
        for slug, written in networks.items()
    }
    RangeFile(lists).write(settings.CRAWLER_RANGES)


def export(*options: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("export_crawler_ranges", *options, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_the_networks_of_all_that_read_everything_are_merged() -> None:
    out, _ = export()
    assert out.splitlines() == ["40.77.167.0/24", "66.249.66.0/27", "2001:4860:4801:10::/64"]


def test_it_follows_the_treatments() -> None:
    CrawlerPolicy.objects.treat(KNOWN["gptbot"], Treatment.FULL)
    CrawlerPolicy.objects.treat(KNOWN["bingbot"], Treatment.PREVIEW)
    out, _ = export()
    assert out.splitlines() == ["20.171.206.0/24", "66.249.66.0/27", "2001:4860:4801:10::/64"]


def test_nginx_and_json_get_their_own_form() -> None:
    nginx, _ = export("--format", "nginx")
    assert nginx.splitlines()[:3] == ["geo $is_crawler {", "    default 0;", "    40.77.167.0/24 1;"]
    assert nginx.endswith("}\n")
    assert json.loads(export("--format", "json")[0]) == export()[0].split()


def test_it_names_whom_a_cdn_cannot_know() -> None:
    out, err = export()
    by_dns, absent = err.splitlines()
    assert "YandexBot, Baiduspider" in by_dns
    assert "Applebot, DuckDuckBot" in absent
    assert "refresh_crawlers" in absent
    assert "Bytespider" not in err
    assert "Yandex" not in out
