"""schema.org's view of the weekly issues."""

from django.urls import reverse

from broadsheet.editorial.models import Edition, Publication
from broadsheet.platform.http.addresses import absolute
from broadsheet.platform.timestamps import to_the_second
from broadsheet.site.discovery import structured
from broadsheet.weekly.contents import Contents


def periodical(publication: Publication, edition: Edition) -> structured.Node:
    address = absolute(reverse("weekly_issues"))
    return {
        "@type": "Periodical",
        "@id": f"{address}#periodical",
        "name": edition.full_name,
        "url": address,
        "inLanguage": edition.language_tag,
        "publisher": structured.publisher(publication, edition),
    }


def issue(contents: Contents, publication: Publication, edition: Edition) -> structured.Node:
    """With the headlines of its articles, and nothing of what they say."""
    found = contents.issue
    node: structured.Node = {
        "@type": "PublicationIssue",
        "@id": f"{found.url}#issue",
        "mainEntityOfPage": found.url,
        "name": found.title,
        "issueNumber": found.number,
        "inLanguage": edition.language_tag,
        "isPartOf": periodical(publication, edition),
        "hasPart": [
            {
                "@type": "NewsArticle",
                "headline": one.article.headline,
                "url": absolute(one.article.url),
                "position": one.number,
            }
            for one in contents.listed
        ],
    }
    if found.published_at:
        node["datePublished"] = to_the_second(found.published_at).isoformat()
    if found.cover:
        node["image"] = structured.image(found.cover, "portrait")
    return node
