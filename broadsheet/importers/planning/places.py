"""Where records of another system stand here: their section, their slug, their address."""

import re
from urllib.parse import unquote

from django.conf import settings
from django.utils.text import slugify
from django.utils.translation import gettext as _
from wagtail.contrib.redirects.models import Redirect

from broadsheet.editorial.models import Author, Edition, Section, Topic
from broadsheet.importers.bodies.addresses import parts_of
from broadsheet.importers.records import NotReadable, Subject, Wishes
from broadsheet.platform.http.first_segments import first_segments

MOST_SECTIONS = 12
"""So many categories become sections by themselves; of more, none does that isn't one here already."""
LONGEST_SLUG = 80
LONGEST_SLUG_OF_ROWS = 50
LONGEST_PATH = 255


def slug_of(*candidates: str) -> str:
    """The first that makes a slug: of “my-post.html”, of “%e6%bc%a2”, of a headline."""
    for candidate in candidates:
        plain = re.sub(r"\.(?:html?|php)$", "", unquote(candidate).strip().rstrip("/").rpartition("/")[2])
        if slug := slugify(plain)[:LONGEST_SLUG].strip("-_"):
            return slug
    return ""


def old_path(address: str) -> str:
    """An address of the old site as redirects are looked up; empty where it has none."""
    parts = parts_of(address)
    if not parts.path.strip("/") and not parts.query:
        return ""
    whole = parts._replace(scheme="", netloc="", fragment="").geturl()
    found: str = Redirect.normalise_path(whole or "/")
    return found if len(found) <= LONGEST_PATH else ""


def edition_of(wishes: Wishes) -> Edition:
    found: Edition | None = (
        Edition.objects.select_related("locale")
        .filter(locale__language_code=wishes.edition or settings.LANGUAGE_CODE)
        .first()
    )
    if found is None:
        there = ", ".join(Edition.objects.values_list("locale__language_code", flat=True))
        raise NotReadable(
            _("There is no edition “%(edition)s”. There are: %(there)s.")
            % {"edition": wishes.edition, "there": there or _("none yet")}
        )
    return found


class Slugs:
    """Those that are taken among siblings, and the next free one."""

    def __init__(self, taken: set[str], longest: int = LONGEST_SLUG) -> None:
        self.taken, self.longest = taken, longest

    def take(self, wanted: str, otherwise: str) -> str:
        base = (wanted or otherwise)[: self.longest]
        slug, number = base, 2
        while slug in self.taken:
            ending = f"-{number}"
            slug, number = f"{base[: self.longest - len(ending)]}{ending}", number + 1
        self.taken.add(slug)
        return slug


class Places:
    """What is decided for one import; `wishes` is completed by it."""

    def __init__(self, wishes: Wishes) -> None:
        self.wishes = wishes
        self.edition = edition_of(wishes)
        self.prefix = self.edition.prefix
        self.sections: dict[str, Section] = {
            section.slug: section for section in Section.objects.child_of(self.edition)
        }
        children = set(self.edition.get_children().values_list("slug", flat=True))
        self.top = Slugs(children | set(first_segments()))
        self.topics = Slugs(set(Topic.objects.values_list("slug", flat=True)), LONGEST_SLUG_OF_ROWS)
        self.authors = Slugs(set(Author.objects.values_list("slug", flat=True)), LONGEST_SLUG_OF_ROWS)
        self._in_section: dict[str, Slugs] = {}
        self.subjects: dict[str, Subject] = {}
        self.section_slugs: dict[str, str] = {}
        """Key of a subject that is a section → that section's slug."""
        self._is_decided = False

    # --- Sections -----------------------------------------------------------------------------------------

    def note(self, subject: Subject) -> None:
        self.subjects[subject.key] = subject
        if self._is_decided and subject.key not in self.wishes.subjects:
            self._decide(subject, may_be_new=False)

    def decide(self) -> None:
        """What each subject is here, where nobody has said so: a section or a topic."""
        if self._is_decided:
            return
        self._is_decided = True
        candidates = [subject for subject in self.subjects.values() if subject.may_be_section]
        for subject in self.subjects.values():
            self._decide(subject, may_be_new=subject.may_be_section and len(candidates) <= MOST_SECTIONS)
        if not self.wishes.section:
            self.wishes.section = next(iter(self.sections), "news")

    def _decide(self, subject: Subject, *, may_be_new: bool) -> None:
        slug = slug_of(subject.slug, subject.name)
        choice = self.wishes.subjects.get(subject.key)
        if choice is None:
            otherwise = "section" if may_be_new else "topic"
            choice = f"section:{slug}" if slug in self.sections else otherwise
            self.wishes.subjects[subject.key] = choice
        if choice.startswith("section:"):
            self.section_slugs[subject.key] = choice.partition(":")[2]
        elif choice == "section":
            self.section_slugs[subject.key] = (
                slug if slug in self.sections else self.top.take(slug, "section")
            )

    def section_of(self, keys: tuple[str, ...]) -> tuple[str, list[str]]:
        """The slug of the section for an article about these, and the keys of its topics."""
        chosen = next((key for key in keys if key in self.section_slugs), None)
        others = [key for key in keys if key != chosen and self.wishes.subjects.get(key) != "leave"]
        return (self.section_slugs[chosen] if chosen else self.wishes.section), others

    def slugs_in(self, section: str) -> Slugs:
        if section not in self._in_section:
            there = self.sections.get(section)
            taken = set(there.get_children().values_list("slug", flat=True)) if there else set()
            self._in_section[section] = Slugs(taken)
        return self._in_section[section]

    def address(self, *parts: str) -> str:
        return f"{self.prefix}/{'/'.join(parts)}/"
