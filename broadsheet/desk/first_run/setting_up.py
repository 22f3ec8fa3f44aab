"""What is made of the answers: editions, a section, a newsletter, drafts of the pages each magazine needs."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _
from wagtail.models import Locale, Page, Site

from broadsheet.desk.first_run.drafts import drafts_in
from broadsheet.desk.first_run.form import usual_currency
from broadsheet.desk.first_run.link import is_needed
from broadsheet.desk.roles import OPERATOR
from broadsheet.desk.staffing import let_in
from broadsheet.editorial.access import Access
from broadsheet.editorial.models import Author, Edition, Publication, Section, StandingPage
from broadsheet.newsletters.models import Newsletter
from broadsheet.people.models import Person


class AlreadySetUp(Exception):
    """Somebody was quicker, or it is long done. Nothing was changed."""


@transaction.atomic
def set_up(answers: dict[str, Any]) -> Person | None:
    """Makes the magazine of what `SetUpForm` has cleaned, and the account where one was asked for.

    Raises AlreadySetUp, NotLetIn; then nothing was made.
    """
    # Two who send the form at once stand in line here.
    Page.objects.select_for_update().filter(depth=1).first()
    if not is_needed():
        raise AlreadySetUp
    tags = [next(iter(settings.EDITIONS)), *answers.get("editions", ())]
    _name_it(answers)
    keys: dict[str, UUID] = {}
    editions = [_make_edition(tag, answers, keys) for tag in tags]
    for edition in editions:
        _make_section(edition, answers["section"], keys)
        _make_newsletter(edition, answers)
        _make_drafts(edition, answers, keys)
    _show(answers["name"], editions[0])
    return _let_in(answers) if "email" in answers else None


def _name_it(answers: dict[str, Any]) -> None:
    publication = Publication.load()
    publication.name, publication.time_zone = answers["name"], answers["time_zone"]
    publication.contact_email = answers["sender"]
    # A wall behind which nothing can be bought serves nobody: it goes up with the first plan.
    publication.access = Access.FREE
    publication.full_clean()
    publication.save()


def _make_edition(tag: str, answers: dict[str, Any], keys: dict[str, UUID]) -> Edition:
    language, _hyphen, region = tag.partition("-")
    locale, _is_new = Locale.objects.get_or_create(language_code=tag)
    is_first = tag == next(iter(settings.EDITIONS))
    edition = Edition(
        title=answers["name"],
        slug=settings.EDITIONS[tag] or region or language,
        locale=locale,
        short_name=(region or language).upper(),
        currency=answers["currency"] if is_first else usual_currency(tag),
        time_zone=answers["time_zone"],
    )
    _add(Page.get_first_root_node(), edition, "edition", keys)
    return edition


def _add(parent: Page, page: Page, what: str, keys: dict[str, UUID]) -> None:
    """Below `parent`, as a translation of the same page in the editions that are there already."""
    page.translation_key = keys.setdefault(what, page.translation_key)
    parent.add_child(instance=page)


def _make_section(edition: Edition, title: str, keys: dict[str, UUID]) -> None:
    section = Section(title=title, slug=slugify(title), locale=edition.locale, show_in_menus=True)
    _add(edition, section, "section", keys)


def _make_newsletter(edition: Edition, answers: dict[str, Any]) -> None:
    """One that is sent by hand, so that who comes before the first article can leave an address."""
    with translation.override(edition.locale.language_code):
        Newsletter.objects.create(
            edition=edition.locale.language_code,
            slug="news",
            name=_("News from %(name)s") % {"name": answers["name"][:40]},
            strapline=_("A letter when there is something new to read."),
            sender_name=answers["name"],
            sender_email=answers["sender"],
        )


def _make_drafts(edition: Edition, answers: dict[str, Any], keys: dict[str, UUID]) -> None:
    """Unpublished, with marks for what only the publisher knows."""
    known = {"name": answers["name"], "contact": answers["sender"]}
    for draft in drafts_in(edition.locale.language_code, known):
        page = StandingPage(
            title=draft.title,
            slug=draft.slug,
            standfirst=draft.standfirst,
            body=draft.body,
            locale=edition.locale,
            live=False,
            has_unpublished_changes=True,
        )
        _add(edition, page, draft.kind, keys)
        page.save_revision(log_action=False)


def _show(name: str, edition: Edition) -> None:
    """Lets the magazine's address lead to `edition`, in place of Wagtail's own welcome."""
    Site.objects.all().delete()
    Site.objects.create(
        hostname=settings.PUBLIC.hostname,
        port=settings.PUBLIC.port or (443 if settings.HTTPS else 80),
        site_name=name,
        root_page=edition,
        is_default_site=True,
    )
    for page in Page.objects.filter(depth=2, slug="home"):
        if page.specific_class is Page:
            page.delete()


def _let_in(answers: dict[str, Any]) -> Person:
    person, _is_new = let_in(answers["email"], OPERATOR, answers["person_name"])
    if answers.get("password"):
        person.change_password(answers["password"])
    slug = slugify(answers["person_name"]) or f"author-{person.pk}"
    if not Author.objects.filter(slug=slug).exists():
        Author.objects.create(name=answers["person_name"], slug=slug[:50], person=person)
    return person
