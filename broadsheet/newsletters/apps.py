from django.apps import AppConfig


class NewslettersConfig(AppConfig):
    name = "broadsheet.newsletters"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _
        from wagtail.signals import page_published

        from broadsheet.delivery import sources
        from broadsheet.identity.destinations import register_destination
        from broadsheet.newsletters import account, forgetting, letters, receiving
        from broadsheet.newsletters.e_reader import attaching
        from broadsheet.newsletters.e_reader import renewal as e_reader_renewal
        from broadsheet.newsletters.e_reader import sending as e_reader_sending
        from broadsheet.newsletters.followed import renewal, sending
        from broadsheet.newsletters.issues.life import SOURCE
        from broadsheet.newsletters.models.e_reader import SOURCE as E_READER
        from broadsheet.newsletters.recall import telling
        from broadsheet.newsletters.sending.minutes import keep_issues
        from broadsheet.newsletters.sending.renewal import renew
        from broadsheet.newsletters.weekly import renewal as weekly_renewal
        from broadsheet.newsletters.weekly import sending as weekly_sending
        from broadsheet.notices import seen
        from broadsheet.people.account import register_export, register_losses, register_zone
        from broadsheet.platform.signals import minute_passed
        from broadsheet.platform.slots import fill

        sources.register(SOURCE, renew)
        letters.register()
        fill("colophon.links", 20, "newsletters/colophon_link.html")
        fill("front.styles", 20, "newsletters/styles.html")
        fill("front.below", 10, "newsletters/front.html")
        fill("sign_in.more", 10, "newsletters/ticked.html", receiving.ticked)
        fill("sign_in.styles", 10, "newsletters/styles.html")
        fill("account", 26, "newsletters/account_section.html", account.section)
        register_destination("newsletters", _("Newsletters"), "newsletters")
        register_export("newsletters", account.export)
        register_losses("newsletters", account.losses)
        register_zone(account.zone_of)
        minute_passed.connect(keep_issues, dispatch_uid="newsletters.issues")
        minute_passed.connect(forgetting.forget_unconfirmed, dispatch_uid="newsletters.unconfirmed")
        minute_passed.connect(forgetting.ask_the_silent, dispatch_uid="newsletters.silent")
        sources.register(telling.SOURCE, telling.renew)
        sources.register(sending.SOURCE, renewal.renew)
        seen.register("followed", renewal.mailed_to)
        minute_passed.connect(sending.send_due, dispatch_uid="newsletters.followed")
        minute_passed.connect(sending.forget_old, dispatch_uid="newsletters.followed.old")
        fill("following.letter", 10, "newsletters/followed/choice.html", account.followed_letter)
        seen.register("newsletters", telling.mailed_to)
        sources.register(weekly_sending.SOURCE, weekly_renewal.renew)
        seen.register("weekly", weekly_renewal.mailed_to)
        minute_passed.connect(weekly_sending.send_due, dispatch_uid="newsletters.weekly")
        fill("account", 29, "newsletters/weekly/choice.html", account.weekly_letter)
        sources.register(E_READER, e_reader_renewal.renew, attaching.file_of)
        minute_passed.connect(e_reader_sending.send_due, dispatch_uid="newsletters.e_reader")
        minute_passed.connect(e_reader_sending.forget_old, dispatch_uid="newsletters.e_reader.old")
        fill("account", 30, "newsletters/e_reader/section.html", account.e_reader)
        minute_passed.connect(telling.tell_due, dispatch_uid="newsletters.recalls")
        page_published.connect(telling.note_corrections, dispatch_uid="newsletters.corrections")
