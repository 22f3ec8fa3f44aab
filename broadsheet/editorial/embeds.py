"""The players that an article may load on a click, and their addresses.

Nothing is fetched from the provider, neither by the server nor by the page, until the reader asks.
"""

import re
from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Provider:
    name: str
    pattern: str  # matched against the whole address; its first group goes into `player`
    player: str


PROVIDERS = (
    Provider(
        "YouTube",
        r"https://(?:www\.youtube\.com/(?:watch\?v=|live/|shorts/)|youtu\.be/)([\w-]{11})(?:[?&].*)?",
        "https://www.youtube-nocookie.com/embed/{}?autoplay=1",
    ),
    Provider(
        "Vimeo",
        r"https://vimeo\.com/(\d+)(?:\?.*)?",
        "https://player.vimeo.com/video/{}?dnt=1&autoplay=1",
    ),
    Provider(
        "SoundCloud",
        r"(https://soundcloud\.com/[\w-]+/[\w-]+)(?:\?.*)?",
        "https://w.soundcloud.com/player/?url={}&auto_play=true",
    ),
    Provider(
        "Spotify",
        r"https://open\.spotify\.com/((?:episode|show|track|album)/\w+)(?:\?.*)?",
        "https://open.spotify.com/embed/{}",
    ),
)


@dataclass(frozen=True, slots=True)
class Player:
    provider: str
    address: str


def player_for(url: str) -> Player | None:
    """The player that shows `url`, or None where no allowed provider does."""
    for provider in PROVIDERS:
        if match := re.fullmatch(provider.pattern, url):
            part = quote(match[1], safe="/" if "://" not in match[1] else "")
            return Player(provider.name, provider.player.format(part))
    return None


PROVIDER_NAMES = ", ".join(provider.name for provider in PROVIDERS)
