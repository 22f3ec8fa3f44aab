import pytest
from django.test import Client
from wagtail.models import PageLogEntry

from broadsheet.editorial.models import Article, NotShareableError, Section
from tests.cast import signed_in
from tests.magazine import PRINTED, Magazine


def alias_of(article: Article) -> Article:
    return Article.objects.get(alias_of=article)


def test_a_shared_article_stays_one_article(magazine: Magazine, carla):
    reef = magazine.article("reef")
    alias = reef.share_with(magazine.uk, by=carla)
    assert alias.uuid == reef.uuid
    assert alias.locale == magazine.uk.locale
    assert alias.section == magazine.section("world", "uk")
    assert alias.live
    assert alias.first_published_at == reef.first_published_at
    assert alias.first_published_at < PRINTED
    assert PageLogEntry.objects.get(page=alias.pk, action="wagtail.create_alias").user == carla


def test_it_stands_where_its_age_puts_it(magazine: Magazine):
    magazine.article("viaduct").share_with(magazine.uk)
    assert magazine.uk.lineup(1)[0].slug == "harbour"


def test_what_is_published_later_shows_in_both_editions(magazine: Magazine):
    reef = magazine.article("reef")
    alias = reef.share_with(magazine.uk)
    first_published = alias.first_published_at
    reef.title = "The reef, again"
    reef.save_revision().publish()
    alias.refresh_from_db()
    assert alias.title == "The reef, again"
    assert alias.uuid == reef.uuid
    assert alias.first_published_at == first_published
    assert [byline.author for byline in alias.bylines.all()] == reef.authors


def test_what_is_taken_away_is_gone_from_both(magazine: Magazine):
    reef = magazine.article("reef")
    alias = reef.share_with(magazine.uk)
    reef.unpublish()
    alias.refresh_from_db()
    assert not alias.live
    reef.refresh_from_db()
    reef.save_revision().publish()
    alias.refresh_from_db()
    assert alias.live


def test_a_shared_slug_that_is_taken_gets_another(magazine: Magazine):
    magazine.publish("reef", edition="uk")
    assert magazine.article("reef").share_with(magazine.uk).slug == "reef-1"


def refusal(article: Article, edition) -> str:
    with pytest.raises(NotShareableError) as refused:
        article.share_with(edition)
    return " ".join(refused.value.messages)


def test_it_says_why_it_cannot_be_shared(magazine: Magazine):
    assert "has this article already" in refusal(magazine.article("harbour"), magazine.uk)
    assert "Share the original" in refusal(magazine.article("harbour", "uk"), magazine.us)
    assert "not published yet" in refusal(magazine.draft, magazine.uk)
    Section.objects.get(pk=magazine.section("ideas", "uk").pk).delete()
    said = refusal(magazine.article("index"), magazine.uk)
    assert "The Meridian UK has no section that goes with “Ideas”" in said


def test_an_editor_shares_from_the_articles_menu(magazine: Magazine, carla, dev):
    reef, uk = magazine.article("reef"), magazine.uk
    address = f"/desk/share/{reef.pk}/{uk.pk}/"
    client = signed_in(carla)
    assert address in client.get(f"/desk/pages/{reef.pk}/edit/").content.decode()
    assert client.get(address).status_code == 200
    assert not Article.objects.filter(alias_of=reef).exists()
    said = client.post(address, follow=True).content.decode()
    assert "now stands in The Meridian UK as well" in said
    assert alias_of(reef).live
    assert "has this article already" in client.post(address, follow=True).content.decode()
    assert signed_in(dev).post(address).status_code in {302, 403}


def test_the_alias_leads_to_its_original_in_the_editor(magazine: Magazine, carla):
    harbour = magazine.article("harbour")
    page = signed_in(carla).get(f"/desk/pages/{alias_of(harbour).pk}/edit/").content.decode()
    assert f"/desk/pages/{harbour.pk}/edit/" in page


def test_both_addresses_answer_and_name_one_as_canonical(magazine: Magazine, client: Client):
    assert client.get("/world/harbour/").status_code == 200
    page = client.get("/uk/world/harbour/").content.decode()
    assert '<link rel="canonical" href="http://localhost:8000/world/harbour/">' in page


def test_the_section_where_it_began_is_home_everywhere(magazine: Magazine) -> None:
    world = magazine.section("world")
    assert magazine.article("harbour").home_section == world
    assert magazine.article("harbour", "uk").home_section == world
