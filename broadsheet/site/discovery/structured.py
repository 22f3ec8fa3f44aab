"""schema.org's view of the magazine, as plain data.

Only what the response shows goes in: the builders are given the blocks that are shown, never the body.
"""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils import translation

from broadsheet.editorial.access import Access
from broadsheet.editorial.media.renditions import address, size_of
from broadsheet.editorial.models import (
    Article,
    Author,
    Coverage,
    Edition,
    Entry,
    Narration,
    Picture,
    Publication,
    StandingPage,
)
from broadsheet.editorial.models.article import Kind
from broadsheet.editorial.opening import pieces, plain_text
from broadsheet.evidence.models import Source, Speaker
from broadsheet.identity.look import look
from broadsheet.platform.http.addresses import absolute
from broadsheet.platform.timestamps import to_the_second

type Node = dict[str, Any]

# The class of the element in which the withheld part stands, or would stand: see article.html.
WITHHELD = ".paywalled"

PRECISELY = {
    Kind.ANALYSIS: "AnalysisNewsArticle",
    Kind.OPINION: "OpinionNewsArticle",
    Kind.EXPLAINER: "BackgroundNewsArticle",
    Kind.REVIEW: "ReviewNewsArticle",
}
# Standing pages by their slugs, and what schema.org calls the policies on them.
POLICIES = {
    "about": ["missionCoveragePrioritiesPolicy", "ownershipFundingInfo", "masthead"],
    "how-we-work": ["publishingPrinciples", "verificationFactCheckingPolicy", "unnamedSourcesPolicy"],
    "corrections-policy": ["correctionsPolicy"],
    "ethics": ["ethicsPolicy"],
    "contact": ["actionableFeedbackPolicy"],
}


CREATIVE_WORKS = {
    Source.Kind.REPORT: "Report",
    Source.Kind.DATA: "Dataset",
    Source.Kind.LAW: "Legislation",
    Source.Kind.NEWS: "NewsArticle",
    Source.Kind.BOOK: "Book",
}


def publisher(publication: Publication, edition: Edition, *, with_policies: bool = False) -> Node:
    node: Node = {
        "@type": "NewsMediaOrganization",
        "@id": absolute("/#publication"),
        "name": publication.name,
        "url": absolute("/"),
    }
    if publication.motto:
        node["slogan"] = publication.motto
    shown = look(edition.locale.language_code)
    if shown.icon_512:
        logo = absolute(shown.icon_512)
        node["logo"] = {"@type": "ImageObject", "url": logo, "width": 512, "height": 512}
    if shown.elsewhere:
        node["sameAs"] = [link for _site, link in shown.elsewhere]
    if publication.contact_email:
        node["email"] = publication.contact_email
    if with_policies:
        for page in edition.standing_pages:
            for policy in POLICIES.get(page.slug, ()):
                node[policy] = absolute(f"{edition.prefix}/{page.slug}/")
    return node


def website(publication: Publication, edition: Edition) -> Node:
    front = absolute(f"{edition.prefix}/")
    return {
        "@type": "WebSite",
        "@id": f"{front}#website",
        "name": publication.name,
        "url": front,
        "inLanguage": edition.language_tag,
        "publisher": {"@id": absolute("/#publication")},
        "potentialAction": {
            "@type": "SearchAction",
            "target": f"{absolute(reverse('search'))}?q={{search_term_string}}",
            "query-input": "required name=search_term_string",
        },
    }


def person(author: Author) -> Node:
    """Under one address whatever the edition, so that it is one person."""
    with translation.override(None):
        node: Node = {
            "@type": "Person",
            "name": author.name,
            "url": absolute(reverse("author", args=[author.slug])),
        }
    if author.role:
        node["jobTitle"] = author.role
    return node


def profile(author: Author) -> Node:
    about = person(author)
    if author.biography:
        about["description"] = author.biography
    if author.picture:
        about["image"] = image(author.picture, "square")
    return {"@type": "ProfilePage", "mainEntity": about}


def image(picture: Picture, shape: str, caption: str = "") -> Node:
    size = size_of(picture, shape, 1280)
    node: Node = {
        "@type": "ImageObject",
        "url": absolute(address(picture, shape, 1280, "jpeg")),
        "width": size.width,
        "height": size.height,
        "creditText": picture.credit_line,
    }
    if caption:
        node["caption"] = caption
    return node


def breadcrumbs(trail: Iterable[tuple[str, str]]) -> Node:
    items = [
        {"@type": "ListItem", "position": position, "name": name, "item": url}
        for position, (name, url) in enumerate(trail, start=1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def news_article(
    article: Article,
    canonical: str,
    shown: Iterable[Any],
    publication: Publication,
    edition: Edition,
    access: str,
    heard: Narration | None = None,
) -> Node:
    """`shown` are the blocks of the body that the response shows, and `heard` what it has to hear."""
    precisely = PRECISELY.get(Kind(article.kind))
    is_free = access == Access.FREE
    node: Node = {
        "@type": ["NewsArticle", precisely] if precisely else "NewsArticle",
        "@id": f"{canonical}#article",
        "mainEntityOfPage": canonical,
        "identifier": article.uuid.urn,
        "headline": article.headline,
        "description": article.standfirst,
        "articleSection": article.section.title,
        "inLanguage": edition.language_tag,
        "author": [person(author) for author in article.authors],
        "publisher": publisher(publication, edition),
        "isAccessibleForFree": is_free,
    }
    if not is_free:
        node["hasPart"] = {
            "@type": "WebPageElement",
            "isAccessibleForFree": False,
            "cssSelector": WITHHELD,
        }
    if article.first_published_at:
        node["datePublished"] = to_the_second(article.first_published_at).isoformat()
    if article.last_published_at:
        node["dateModified"] = to_the_second(article.last_published_at).isoformat()
    if article.dateline:
        node["dateline"] = article.dateline
    if article.picture:
        node["image"] = [image(article.picture, shape, article.caption) for shape in ("wide", "square")]
    if topics := [topic.name for topic in article.topics.all()]:
        node["keywords"] = topics
    if corrections := list(article.corrections.all()):
        node["correction"] = [
            {"@type": "CorrectionComment", "text": note.note, "datePublished": note.date.isoformat()}
            for note in corrections
        ]
    if coverage := article.coverage:
        node |= live_coverage(article, coverage, canonical, shown)
    if heard:
        node["audio"] = audio(article, heard)
    if sources := article.sources_in(shown):
        node["citation"] = [citation(source) for source in sources]
    return node


def live_coverage(article: Article, coverage: Coverage, canonical: str, shown: Iterable[Any]) -> Node:
    """What a live coverage has besides; of its entries those that are among the blocks that are shown."""
    entries = [block.value for block in shown if block.block_type == "entry"]
    node: Node = {
        "@type": ["NewsArticle", "LiveBlogPosting"],
        "liveBlogUpdate": [update(entry, canonical) for entry in entries if not entry.is_withdrawn],
    }
    if coverage.began_at:
        node["coverageStartTime"] = to_the_second(coverage.began_at).isoformat()
    if coverage.ended_at:
        node["coverageEndTime"] = to_the_second(coverage.ended_at).isoformat()
    latest = max(filter(None, [coverage.last_changed_at, article.last_published_at]), default=None)
    if latest:
        node["dateModified"] = to_the_second(latest).isoformat()
    return node


def update(entry: Entry, canonical: str) -> Node:
    node: Node = {
        "@type": "BlogPosting",
        "headline": entry.line,
        "url": f"{canonical}#{entry.anchor}",
        "articleBody": entry.text,
        "author": [person(author) for author in entry.authors.all()],
    }
    if entry.posted_at:
        node["datePublished"] = to_the_second(entry.posted_at).isoformat()
    if changes := list(entry.changes.all()):
        node["dateModified"] = to_the_second(changes[-1].at).isoformat()
    return node


def audio(article: Article, narration: Narration) -> Node:
    return {
        "@type": "AudioObject",
        "name": article.headline,
        "contentUrl": absolute(narration.address_for(article)),
        "encodingFormat": narration.content_type,
        "contentSize": str(narration.size),
        "duration": f"PT{round(narration.seconds)}S",
    }


def questions(page: StandingPage) -> Node:
    """Those that `page` answers."""
    asked = [
        {
            "@type": "Question",
            "name": value["question"],
            "acceptedAnswer": {"@type": "Answer", "text": plain_text(value["answer"])},
        }
        for value in page.questions
    ]
    return {"@type": "FAQPage", "mainEntity": asked}


def citation(source: Source) -> Node:
    node: Node = {
        "@type": CREATIVE_WORKS.get(Source.Kind(source.kind), "CreativeWork"),
        "name": source.title or source.outlet,
        "publisher": {"@type": "Organization", "name": source.outlet},
    }
    if source.link:
        node["url"] = source.link
    if source.archived_link:
        node["archivedAt"] = source.archived_link
    if source.date:
        node["datePublished"] = source.date.isoformat()
    return node


def quotations(shown: Iterable[Any], canonical: str) -> list[Node]:
    """Those among the blocks that are shown, as parts of the article at `canonical`."""
    values = [block.value for block in pieces(shown) if block.block_type == "quotation"]
    nodes = []
    for value in values:
        if not (value.who and value.at):
            continue  # a draft's
        node: Node = {
            "@type": "Quotation",
            "text": value["text"],
            "creator": speaker_node(value.who),
            "isPartOf": {"@id": f"{canonical}#article"},
            "isBasedOn": citation(value.at),
        }
        if value["said_on"]:
            node["dateCreated"] = value["said_on"].isoformat()
        nodes.append(node)
    return nodes


def speaker_node(speaker: Speaker) -> Node:
    """Under one address whatever the edition, so that it is one person or body."""
    with translation.override(None):
        url = absolute(speaker.get_absolute_url())
    return {"@type": "Person" if speaker.is_person else "Organization", "name": speaker.name, "url": url}


def speaker(speaker: Speaker, quotations: Iterable[Any]) -> Node:
    """A speaker's page with the `quotations` that it shows, each of which has its `article`."""
    about = speaker_node(speaker)
    if speaker.description:
        about["description"] = speaker.description
    nodes = []
    for quoted in quotations:
        node: Node = {
            "@type": "Quotation",
            "text": quoted.text,
            "creator": {"@type": about["@type"], "name": speaker.name},
            "isPartOf": {"@type": "NewsArticle", "headline": quoted.article.headline},
        }
        if quoted.said_on:
            node["dateCreated"] = quoted.said_on.isoformat()
        nodes.append(node)
    return {"@type": "ProfilePage", "mainEntity": about, "hasPart": nodes}
