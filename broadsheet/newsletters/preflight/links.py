"""Whether the links of a letter lead anywhere: our own are looked up here, the others asked."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from bs4 import BeautifulSoup
from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page

from broadsheet.editorial.models import Edition
from broadsheet.newsletters.letter.rendering import Rendered
from broadsheet.newsletters.preflight.finding import Finding, fault, note, warning
from broadsheet.newsletters.preflight.markup import place_of
from broadsheet.platform.http.editions import edition_of_path
from broadsheet.platform.http.probing import ABSENT, Open, answer_of, open_publicly

AT_ONCE = 8
AGENT = "Broadsheet preflight"


def check_links(rendered: Rendered, open_to: Open = open_publicly) -> Iterator[Finding]:
    links = _links(rendered.html)
    ours = {address: place for address, place in links.items() if is_ours(address)}
    others = {address: place for address, place in links.items() if address not in ours}
    for address, place in ours.items():
        if not leads_somewhere(urlsplit(address).path):
            yield fault(_("Links"), _("{address} is no page of ours.").format(address=address), place)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = pool.map(lambda address: answer_of(address, open_to, AGENT), others)
        for (address, place), answer in zip(others.items(), answers, strict=True):
            if answer in ABSENT:
                yield fault(
                    _("Links"),
                    _("{address} is not there: it answers {answer}.").format(address=address, answer=answer),
                    place,
                )
            elif isinstance(answer, str):
                yield warning(
                    _("Links"),
                    _("{address} can’t be reached: {answer}.").format(address=address, answer=answer),
                    place,
                )
            elif answer >= 400:
                yield warning(
                    _("Links"),
                    _("{address} answers {answer}. Open it yourself to be sure.").format(
                        address=address, answer=answer
                    ),
                    place,
                )
    yield note(
        _("Links"),
        _("{ours} to us and {others} to elsewhere were tried.").format(ours=len(ours), others=len(others)),
    )


def _links(html: str) -> dict[str, str]:
    """Address → where it stands first. Those with a token are each reader's own, and tried with one."""
    found: dict[str, str] = {}
    for link in BeautifulSoup(html, "html.parser").find_all("a", href=True):
        address = str(link["href"])
        if address.startswith(("http://", "https://")) and "{{" not in address:
            found.setdefault(address, place_of(link))
    return found


def is_ours(address: str) -> bool:
    return address == settings.PUBLIC_URL or address.startswith(f"{settings.PUBLIC_URL}/")


def leads_somewhere(path: str) -> bool:
    """Whether a page of ours stands at `path`, or a redirect."""
    try:
        match = resolve(path or "/")
    except Resolver404:
        return False
    if match.url_name != "wagtail_serve":
        return True
    if Redirect.objects.filter(old_path=Redirect.normalise_path(path)).exists():
        return True
    edition = Edition.objects.live().filter(locale__language_code=edition_of_path(path)).first()
    if edition is None:
        return False
    below = path.removeprefix(edition.prefix).lstrip("/")
    return Page.objects.live().filter(url_path=f"{edition.url_path}{below}").exists()
