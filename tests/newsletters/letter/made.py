"""Newsletters and issues as rows, for the tests of what is made of them."""

from datetime import date
from typing import Any

from broadsheet.editorial.models import Publication
from broadsheet.newsletters.models import Issue, Newsletter
from tests.magazine import Magazine


def briefing(**fields: Any) -> Newsletter:
    given = {"edition": "en-us", "slug": "briefing", "name": "Morning Briefing", "written_by": "Edith Moreau"}
    publication = Publication.load()
    publication.postal_address = "1 Quay Street\nPort Ellery"
    publication.save()
    return Newsletter.objects.create(**(given | fields))


def issue_of(newsletter: Newsletter, magazine: Magazine, *slugs: str, **fields: Any) -> Issue:
    """With the articles `slugs`, of which the first one leads."""
    given = {
        "number": 1,
        "subject": "Boats wait for the tide",
        "preheader": "And the orchard",
        "note": "Good morning.",
        "send_on": date(2026, 3, 2),
    }
    issue = Issue.objects.create(newsletter=newsletter, **(given | fields))
    for position, slug in enumerate(slugs):
        article = magazine.article(slug)
        issue.items.create(
            position=position, article=article, article_uuid=article.uuid, is_lead=position == 0
        )
    return issue
