"""What stands after an article: the newest others of its section."""

from django.test import Client

from tests.magazine import METERED, Magazine


def after(page: str) -> str:
    return page.partition('aria-labelledby="more-title"')[2].partition("</section>")[0]


def test_the_newest_others_of_the_section_follow(client: Client, magazine: Magazine) -> None:
    newest, *others = METERED
    found = after(client.get(f"/world/{newest}/").text)
    positions = [found.index(f'href="/world/{slug}/"') for slug in others[:3]]
    assert positions == sorted(positions)
    assert f'href="/world/{newest}/"' not in found
    assert f'href="/world/{others[3]}/"' not in found


def test_where_there_is_no_other_nothing_follows(client: Client, magazine: Magazine) -> None:
    assert not after(client.get(magazine.free.get_url()).text)


def test_the_british_edition_leads_on_to_its_own(client: Client, magazine: Magazine) -> None:
    magazine.article("reef").share_with(magazine.uk)
    found = after(client.get("/uk/world/harbour/").text)
    assert 'href="/uk/world/reef/"' in found
    assert 'href="/world/' not in found
