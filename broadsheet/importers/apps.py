from django.apps import AppConfig


class ImportersConfig(AppConfig):
    name = "broadsheet.importers"

    def ready(self) -> None:
        from broadsheet.desk.home import next_steps
        from broadsheet.importers import coming_next, kept, sources, tending
        from broadsheet.newsletters.signals import mailbox_erased
        from broadsheet.people.account import register_export
        from broadsheet.platform.signals import minute_passed
        from broadsheet.platform.slots import fill

        sources.register_all()
        next_steps.steps.append(coming_next.IMPORT)
        minute_passed.connect(tending.tend, dispatch_uid="importers.tend")
        mailbox_erased.connect(kept.forget, dispatch_uid="importers.forget")
        register_export("before_moving_here", kept.export)
        fill("desk.mailbox", 10, "importers/kept.html", kept.on_page_of_mailbox)
        fill("desk.reader", 10, "importers/kept.html", kept.on_page_of_reader)
