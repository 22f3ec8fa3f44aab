from django.apps import AppConfig

from broadsheet.platform.slots import fill


class SiteConfig(AppConfig):
    name = "broadsheet.site"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate
        from django.utils.translation import gettext_lazy as _

        from broadsheet.identity.destinations import register_destination
        from broadsheet.newsletters import access
        from broadsheet.newsletters.account import weekly_letter
        from broadsheet.paywall.access import ruling
        from broadsheet.platform.processes import preparing
        from broadsheet.site.discovery.head import shared_card
        from broadsheet.site.listening import account
        from broadsheet.site.reading import sign_in_merge  # noqa: F401 (connects its receivers)
        from broadsheet.site.search import indexing, keeping, stems
        from broadsheet.site.weekly import account as issues_account
        from broadsheet.site.weekly import slots
        from broadsheet.site.weekly.offline.pages import signing_out

        access.register(lambda article: ruling(article).access)
        post_migrate.connect(stems.create, sender=self, dispatch_uid="site.search.stems")
        preparing.also(indexing.fill)
        keeping.connect()

        fill("head", 10, "site/discovery/head.html")
        fill("head.selling", 10, "site/discovery/card.html", shared_card)
        fill("masthead.strip", 20, "site/discovery/search_link.html")
        fill("colophon.links", 10, "site/discovery/links.html")
        fill("error.not_found", 10, "site/discovery/find.html")
        fill("article.styles", 10, "site/reading/styles.html")
        fill("article.scripts", 10, "site/reading/script.html")
        fill("standing_page.scripts", 10, "site/reading/script.html")
        fill("article.attributes", 10, "site/reading/opened.html")
        fill("article.signature", 10, "site/reading/give_link.html")
        fill("article.signature", 20, "site/reading/tools.html")
        fill("article.signature", 30, "site/listening/listen.html")
        fill("article.scripts", 30, "site/listening/script.html")
        fill("account", 27, "site/listening/account.html", account.own_podcast)
        fill("weekly.files", 10, "site/weekly/files.html")
        fill("sign_in.why", 10, "site/weekly/sign_in.html")
        fill("weekly.files", 20, "site/weekly/offline.html")
        fill("sign_out", 10, "site/weekly/sign_out.html", signing_out)
        fill("account", 28, "site/weekly/account.html", issues_account.own_catalogue)
        fill("checkout.done", 10, "site/weekly/letter_offer.html", weekly_letter)
        fill("article.top", 10, "site/reading/count.html")
        fill("article.top", 20, "site/evidence/since.html")
        fill("article.scripts", 20, "site/evidence/since_script.html")
        fill("article.foot", 10, "site/evidence/since_note.html")
        fill("topic.top", 10, "site/evidence/since_topic.html")
        fill("topic.scripts", 10, "site/evidence/since_topic_script.html")
        fill("article.amid_opening", 10, "site/reading/newsletter.html")
        fill("article.end", 10, "site/reading/newsletter.html")
        fill("article.amid_rest", 10, "site/reading/promotion_in_rest.html")
        fill("front.styles", 10, "site/reading/front_styles.html")
        fill("front.promotion", 10, "site/reading/promotion_on_front.html")
        fill("wall.form", 10, "site/reading/wall_newsletters.html")
        fill("wall.ways", 10, "site/reading/wall_ways.html")
        fill("article.closed", 10, "site/reading/slot.html")
        fill("front.promotion", 5, "site/weekly/on_front.html", slots.newest)
        fill("front.styles", 30, "site/weekly/front_styles.html", slots.newest)
        fill("colophon.links", 5, "site/weekly/link.html", slots.newest)
        fill("article.styles", 20, "site/weekly/article_styles.html")
        fill("article.before", 10, "site/weekly/bar.html")
        fill("article.after", 10, "site/weekly/on.html")
        register_destination("issues", _("Issues"), "weekly_issues", has_it=slots.has_issues)
        register_destination("search", _("Search"), "search")
        register_destination("authors", _("Authors"), "authors")
        register_destination("topics", _("Topics"), "topics")
        register_destination("feeds", _("Feeds"), "feeds")
        register_destination("archive", _("Archive by month"), "archive")
        register_destination(
            "letters", _("Letters to the editor"), "letters", has_it=lambda edition: edition.takes_letters
        )
        register_destination("check", _("Check a quotation"), "check_quotation")
        register_destination("contested_terms", _("Contested terms"), "contested_terms")
        register_destination("rss", _("RSS feed"), "feed", "rss.xml")
        register_destination("podcast", _("Podcast"), "podcast")
