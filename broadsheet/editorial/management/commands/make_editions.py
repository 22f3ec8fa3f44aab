from argparse import ArgumentParser
from typing import Any

from babel.numbers import get_territory_currencies
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.text import slugify
from wagtail.models import Locale, Page, Site

from broadsheet.editorial.models import Edition, Publication, Section
from broadsheet.editorial.models.publication import validate_time_zone


class Command(BaseCommand):
    help = "Makes the front page of each edition, with its sections, for a magazine that has none yet."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="the magazine's: “The Meridian”")
        parser.add_argument(
            "--section", action="append", default=[], metavar="NAME", help="in each edition; once for each"
        )
        parser.add_argument("--time-zone", default="UTC", help="such as Europe/London (%(default)s)")

    @transaction.atomic
    def handle(self, *args: Any, name: str, section: list[str], time_zone: str, **options: Any) -> None:
        if Edition.objects.exists():
            raise CommandError("There are editions already. Change them at the desk.")
        try:
            validate_time_zone(time_zone)
            self._make(name, section, time_zone)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        for edition in Edition.objects.select_related("locale"):
            self.stdout.write(f"{edition}: {settings.PUBLIC_URL}{edition.prefix}/")

    def _make(self, name: str, sections: list[str], time_zone: str) -> None:
        publication = Publication.load()
        publication.name, publication.time_zone = name, time_zone
        publication.full_clean()
        publication.save()
        root = Page.get_first_root_node()
        editions: list[Edition] = []
        for tag in settings.EDITIONS:
            edition = _edition(name, tag, time_zone)
            if editions:
                edition.translation_key = editions[0].translation_key
            root.add_child(instance=edition)
            for title in sections:
                page = Section(title=title, slug=slugify(title), locale=edition.locale, show_in_menus=True)
                if editions:
                    first = Section.objects.child_of(editions[0]).get(title=title)
                    page.translation_key = first.translation_key
                edition.add_child(instance=page)
            editions.append(edition)
        _show(name, editions[0])


def _edition(name: str, tag: str, time_zone: str) -> Edition:
    language, _, region = tag.partition("-")
    locale, _new = Locale.objects.get_or_create(language_code=tag)
    currencies = get_territory_currencies(region.upper()) if region else []
    return Edition(
        title=name,
        slug=settings.EDITIONS[tag] or region or language,
        locale=locale,
        short_name=(region or language).upper(),
        currency=currencies[0] if currencies else "USD",
        time_zone=time_zone,
    )


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
