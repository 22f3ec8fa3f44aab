"""The crawlers we know, and who claims to be one."""

import pytest

from broadsheet.crawlers.known import KNOWN, LONGEST_NAME, Purpose, Treatment, claimed_by
from tests.crawlers.agents import (
    BINGBOT,
    BYTESPIDER,
    CHROME,
    DUCKDUCKBOT,
    FACEBOOK,
    GOOGLEBOT,
    GPTBOT,
)


@pytest.mark.parametrize(
    ("user_agent", "slug"),
    [
        (GOOGLEBOT, "googlebot"),
        ("Googlebot-Image/1.0", "googlebot"),
        ("SAMSUNG-SGH-E250/1.0 (compatible; googlebot-mobile/2.1)", "googlebot"),
        (BINGBOT, "bingbot"),
        (DUCKDUCKBOT, "duckduckbot"),
        (GPTBOT, "gptbot"),
        (BYTESPIDER, "bytespider"),
        (FACEBOOK, "facebookexternalhit"),
        ("Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", "slackbot"),
        ("Mozilla/5.0 (compatible; YandexImages/3.0; +http://yandex.com/bots)", "yandexbot"),
        ("Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0", "facebookexternalhit"),
    ],
)
def test_a_crawler_is_known_by_its_name(user_agent: str, slug: str) -> None:
    assert claimed_by(user_agent) == KNOWN[slug]


@pytest.mark.parametrize(
    "user_agent",
    [CHROME, "", "evilGooglebot/1.0", "Googlebots", "Applebottom/1.0", "Mozilla/5.0 (Abominable Snowman)"],
)
def test_whoever_bears_no_name_of_theirs_claims_nothing(user_agent: str) -> None:
    assert claimed_by(user_agent) is None


def test_a_name_behind_a_thousand_characters_is_not_looked_for() -> None:
    assert claimed_by("x " * (LONGEST_NAME // 2) + "Googlebot") is None


def test_no_two_crawlers_share_a_token() -> None:
    tokens = [token.lower() for crawler in KNOWN.values() for token in crawler.tokens]
    assert len(tokens) == len(set(tokens))


@pytest.mark.parametrize("crawler", KNOWN.values(), ids=lambda crawler: crawler.slug)
def test_each_entry_is_whole(crawler) -> None:
    assert crawler.robots
    # It comes itself, or names who comes for it.
    assert bool(crawler.tokens) != bool(crawler.reads_as)
    assert not crawler.reads_as or KNOWN[crawler.reads_as].tokens
    for domain in crawler.domains:
        assert domain == domain.lower().strip(".")
        assert "." in domain
    assert all(address.startswith("https://") for address in crawler.ranges)
    # The opening is for everybody; whoever can't be proven can't have more.
    assert crawler.default in crawler.treatments
    assert Treatment.FULL in crawler.treatments or not crawler.can_be_proven


def test_only_search_gets_all_by_default() -> None:
    assert {crawler.purpose for crawler in KNOWN.values() if crawler.default == Treatment.FULL} == {
        Purpose.SEARCH
    }
