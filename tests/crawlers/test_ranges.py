"""Networks in memory, and the file that they come from."""

import logging
from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.crawlers.known import KNOWN
from broadsheet.crawlers.ranges import Networks, Published, RangeFile, on_file
from broadsheet.platform import clock

GOOGLEBOT = KNOWN["googlebot"]
[GOOGLES_LIST] = GOOGLEBOT.ranges

# Few and near one another, so that they overlap, touch and contain each other.
fours = st.builds(
    lambda first, length: ip_network((IPv4Address("66.249.0.0") + first, length), strict=False),
    st.integers(0, 255),
    st.integers(24, 32),
)
sixes = st.builds(
    lambda first, length: ip_network((IPv6Address("2001:4860::") + first, length), strict=False),
    st.integers(0, 255),
    st.integers(120, 128),
)
addresses = st.builds(
    lambda base, n: ip_address(base) + n, st.sampled_from(["66.249.0.0", "2001:4860::"]), st.integers(0, 300)
)


@given(st.lists(fours | sixes, max_size=12), addresses)
def test_an_address_is_in_them_when_it_is_in_one(networks, address) -> None:
    assert (address in Networks(networks)) == any(address in network for network in networks)


def published(*networks: str, age: timedelta = timedelta()) -> Published:
    return Published(Networks(map(ip_network, networks)), clock.now() - age)


def keep(path: Path, **lists: Published) -> None:
    RangeFile({KNOWN[slug].ranges[0]: entry for slug, entry in lists.items()}).write(path)


@pytest.fixture
def path(settings, tmp_path: Path) -> Path:
    settings.CRAWLER_RANGES = tmp_path / "crawlers.json"
    return settings.CRAWLER_RANGES


def holds(address: str) -> bool:
    return on_file().holds(GOOGLEBOT, ip_address(address))


def test_without_a_file_nobody_is_in_it(path: Path) -> None:
    assert not holds("66.249.66.1")
    assert on_file().since(GOOGLEBOT) is None


def test_what_was_written_is_read_again(path: Path) -> None:
    keep(
        path,
        googlebot=published("66.249.66.0/27", "2001:4860:4801:10::/64"),
        bingbot=published("40.77.0.0/24"),
    )
    assert holds("66.249.66.1")
    assert holds("2001:4860:4801:10::1")
    assert not holds("66.249.66.32")
    assert not holds("40.77.0.1")  # another crawler's
    assert list(path.parent.iterdir()) == [path]


def test_a_new_file_counts_at_once(path: Path) -> None:
    keep(path, googlebot=published("66.249.66.0/27"))
    assert holds("66.249.66.1")
    keep(path, googlebot=published("66.249.67.0/27"))
    assert not holds("66.249.66.1")
    assert holds("66.249.67.1")
    path.unlink()
    assert not holds("66.249.67.1")


def test_an_unchanged_file_is_read_once(path: Path) -> None:
    keep(path, googlebot=published("66.249.66.0/27"))
    assert on_file() is on_file()


def test_a_list_that_is_too_old_proves_nothing(path: Path) -> None:
    keep(path, googlebot=published("66.249.66.0/27", age=timedelta(days=29)))
    assert holds("66.249.66.1")
    with clock.moved_to(clock.now() + timedelta(days=2)):
        assert not holds("66.249.66.1")
        assert on_file().networks_of(GOOGLEBOT) == []


@pytest.mark.parametrize(
    "broken", ["", "[]", "{", '{"a": 1}', '{"a": {"networks": ["x"], "fetched_at": ""}}']
)
def test_a_file_that_is_none_proves_nobody_and_is_named_once(
    path: Path, broken: str, caplog: pytest.LogCaptureFixture
) -> None:
    path.write_text(broken)
    with caplog.at_level(logging.WARNING):
        assert not holds("66.249.66.1")
        assert not holds("66.249.66.1")
    assert [str(path) in record.getMessage() for record in caplog.records] == [True]
