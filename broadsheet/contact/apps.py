from django.apps import AppConfig

from broadsheet.platform.slots import fill


class ContactConfig(AppConfig):
    name = "broadsheet.contact"

    def ready(self) -> None:
        from broadsheet.contact import account, keeping
        from broadsheet.contact.finding import looking
        from broadsheet.contact.incoming import taking_in
        from broadsheet.contact.moves import letters
        from broadsheet.delivery import arriving
        from broadsheet.people.account import register_export
        from broadsheet.platform.signals import minute_passed

        fill("standing_page.styles", 10, "contact/styles.html")
        fill("standing_page.form", 10, "contact/form.html")
        fill("sign_in.ways", 10, "contact/find/way.html")
        fill("account", 21, "contact/find/account.html", account.has_nothing)
        letters.register()
        arriving.register(taking_in.is_for_us, taking_in.take_in)
        register_export("conversations", account.export_conversations)
        register_export("moves_to_other_mailboxes", account.export_moves)
        register_export("searches_for_a_subscription", account.export_searches)
        for name, work in {
            "contact.inquiries": looking.look_up_late,
            "contact.moves": keeping.carry_out,
            "contact.answers": keeping.watch_answers,
            "contact.keeping": keeping.forget_old,
        }.items():
            minute_passed.connect(work, dispatch_uid=name)
