"""What a reader's request meets. Every address here exists once for each edition, under its prefix."""

from django.urls import path, re_path

from broadsheet.site import gift_links, newsletter_links
from broadsheet.site.discovery import (
    archive,
    feeds,
    feeds_page,
    indexes,
    letters,
    listings,
    live_feed,
    newsletters,
    sitemaps,
)
from broadsheet.site.evidence import check, export, since, speaker, terms, topic
from broadsheet.site.listening import account, podcast, sound
from broadsheet.site.reading import live, opened, pages, reading
from broadsheet.site.search.pages import search, search_feed
from broadsheet.site.weekly import account as issues_account
from broadsheet.site.weekly import article, catalogue, feed, issues
from broadsheet.site.weekly import files as issue_files
from broadsheet.site.weekly.offline import pages as offline

MONTH = r"(?P<year>[12][0-9]{3})%s(?P<month>0[1-9]|1[0-2])"
FEED = r"feed/(?P<name>rss\.xml|atom\.xml|feed\.json)"
SOUND = "<slug:version>.<slug:ending>"
TABLE = r"(?P<form>json|csv)"

urlpatterns = [
    path("read/<str:uuid>", reading.read, name="read"),
    path("opened/<str:uuid>", opened.opened, name="opened"),
    path(f"listen/<str:uuid>/{SOUND}", sound.listen, name="listen"),
    path("podcast/feed.xml", podcast.podcast, name="podcast"),
    path("podcast/address", account.change_podcast, name="change_podcast"),
    path("podcast/<str:token>/feed.xml", podcast.own_podcast, name="own_podcast"),
    path(f"podcast/<str:token>/<uuid:uuid>/{SOUND}", podcast.podcast_sound, name="podcast_sound"),
    path("issues/<int:number>/download/<slug:kind>", issue_files.download, name="issue_download"),
    # A browser lets it answer for what stands below its own folder.
    path("issues/offline.js", offline.worker, name="offline_worker"),
    path("issues/kept/", offline.kept_issues, name="kept_issues"),
    path("issues/<int:number>/offline", offline.plan, name="issue_offline"),
    path("issues/catalogue/address", issues_account.change_catalogue, name="change_issue_catalogue"),
    path("issues/catalogue/<str:token>/feed.xml", catalogue.catalogue, name="issue_catalogue"),
    path(
        "issues/catalogue/<str:token>/<int:number>/<slug:kind>",
        catalogue.catalogue_file,
        name="issue_catalogue_file",
    ),
    path("give/<str:uuid>", gift_links.give, name="give"),
    path("give/<int:pk>/revoke", gift_links.revoke, name="revoke_gift"),
    path("g/<str:token>", gift_links.gift, name="gift"),
    path("n/<str:token>", newsletter_links.from_newsletter, name="newsletter_link"),
    path("preview/<str:token>/", pages.draft, name="draft"),
    path("search/", search, name="search"),
    re_path(rf"^search/{FEED}$", search_feed, name="search_feed"),
    path("authors/", indexes.authors, name="authors"),
    path("authors/<slug:slug>/", listings.author, name="author"),
    path("topics/", indexes.topics, name="topics"),
    path("topics/<slug:slug>/", listings.topic, name="topic"),
    path("topics/<slug:slug>/evidence/", topic.topic_evidence, name="topic_evidence_page"),
    path("feeds/", feeds_page.feeds_page, name="feeds"),
    path("speakers/<slug:slug>/", speaker.speaker, name="speaker"),
    path("contested-terms/", terms.terms, name="contested_terms"),
    path("check/", check.check_quotation, name="check_quotation"),
    re_path(rf"^evidence/(?P<uuid>[0-9a-f-]{{36}})\.{TABLE}$", export.of_article, name="article_evidence"),
    re_path(rf"^topics/(?P<slug>[\w-]+)/evidence\.{TABLE}$", export.of_topic, name="topic_evidence"),
    path("since/<str:uuid>", since.of_article, name="since_article"),
    path("topics/<slug:slug>/since", since.of_topic, name="since_topic"),
    path("live/<str:uuid>/since/<int:state>", live.since, name="live_since"),
    path("live/<str:uuid>/from-the-start", live.from_start, name="live_from_start"),
    re_path(rf"^live/(?P<uuid>[0-9a-f-]{{36}})/{FEED}$", live_feed.entries, name="live_feed"),
    path("archive/", archive.archive, name="archive"),
    re_path(r"^archive/(?P<year>[12][0-9]{3})/$", archive.archive_year, name="archive_year"),
    re_path(rf"^archive/{MONTH % '/'}/$", archive.archive_month, name="archive_month"),
    re_path(rf"^archive/{MONTH % '/'}/(?P<day>[0-3][0-9])/$", archive.archive_day, name="archive_day"),
    re_path(rf"^{FEED}$", feeds.edition_feed, name="feed"),
    re_path(rf"^authors/(?P<slug>[\w-]+)/{FEED}$", feeds.author_feed, name="author_feed"),
    re_path(rf"^topics/(?P<slug>[\w-]+)/{FEED}$", feeds.topic_feed, name="topic_feed"),
    path("newsletters/<slug:slug>/", newsletters.newsletter, name="newsletter"),
    path("newsletters/<slug:slug>/<int:number>/", newsletters.issue, name="newsletter_issue"),
    re_path(rf"^newsletters/(?P<slug>[\w-]+)/{FEED}$", newsletters.newsletter_feed, name="newsletter_feed"),
    path("letters/", letters.letters, name="letters"),
    path("letters/<uuid:uuid>/", letters.article_letters, name="article_letters"),
    re_path(rf"^letters/{FEED}$", letters.letters_feed, name="letters_feed"),
    path("issues/", issues.issues, name="weekly_issues"),
    path("issues/<int:number>/", issues.issue, name="weekly_issue"),
    # Of an article as the editors' tree has it: its slug may have letters beyond ASCII.
    re_path(
        r"^issues/(?P<number>[0-9]{1,6})/(?P<section>[\w-]+)/(?P<slug>[\w-]+)/$",
        article.article,
        name="weekly_article",
    ),
    re_path(rf"^issues/{FEED}$", feed.issues_feed, name="weekly_feed"),
    re_path(rf"^(?P<slug>[\w-]+)/{FEED}$", feeds.section_feed, name="section_feed"),
    path("news-sitemap.xml", sitemaps.news, name="news_sitemap"),
    path("sitemap/pages.xml", sitemaps.pages, name="sitemap_pages"),
    path("sitemap/newsletters.xml", sitemaps.newsletters, name="sitemap_newsletters"),
    re_path(
        rf"^sitemap/{MONTH % '-'}-(?P<part>[1-9][0-9]{{0,3}})\.xml$", sitemaps.month, name="sitemap_month"
    ),
    # Named as Wagtail names it: page addresses are made by reversing it.
    re_path(r"^((?:[\w\-]+/)*)$", pages.page, name="wagtail_serve"),
]
