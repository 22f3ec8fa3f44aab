from django.apps import AppConfig


class EditorialConfig(AppConfig):
    name = "broadsheet.editorial"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate
        from wagtail.signals import page_slug_changed

        from broadsheet.editorial import evidence, finding, page_indexes
        from broadsheet.editorial.letters import account, keeping, mail
        from broadsheet.editorial.media import decoding
        from broadsheet.editorial.models import Article, Publication, outline
        from broadsheet.editorial.models.sharing import copies_follow
        from broadsheet.editorial.narration import making
        from broadsheet.editorial.schedule import keep_schedule
        from broadsheet.people.account import register_export, register_losses
        from broadsheet.platform.edition_name import editions_named_by
        from broadsheet.platform.signals import minute_passed
        from broadsheet.platform.slots import fill
        from broadsheet.platform.title import named_by

        minute_passed.connect(keep_schedule, dispatch_uid="editorial.keep_schedule")
        page_slug_changed.connect(copies_follow, sender=Article, dispatch_uid="editorial.copies_follow")
        post_migrate.connect(page_indexes.create, sender=self, dispatch_uid="editorial.page_indexes")
        named_by(lambda: str(Publication.load().name))
        editions_named_by(outline.names)
        finding.connect()
        outline.connect()
        evidence.connect()
        making.connect()
        decoding.take_over()
        mail.register()
        register_export("letters_to_the_editor", account.export)
        register_losses("letters_to_the_editor", account.losses)
        minute_passed.connect(keeping.forget_letters, dispatch_uid="editorial.letters")
        fill("masthead.strip", 10, "editorial/slots/editions.html")
        fill("colophon.links", 15, "editorial/slots/letters_link.html")
        fill("colophon.links", 20, "editorial/slots/other_editions.html")
        fill("error.not_found", 20, "editorial/slots/not_found.html")
