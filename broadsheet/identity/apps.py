from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "broadsheet.identity"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from broadsheet.identity.destinations import register_destination
        from broadsheet.identity.tidying import tidy
        from broadsheet.platform.signals import minute_passed
        from broadsheet.platform.slots import fill

        minute_passed.connect(tidy, dispatch_uid="identity.tidying")
        fill("page.styles", 4, "identity/styles.html")
        fill("page.styles", 5, "identity/menus/styles.html")
        fill("masthead.strip", 15, "identity/menus/secondary.html")
        fill("masthead.below", 10, "identity/menus/main.html")
        fill("colophon", 10, "identity/colophon.html")
        fill("front.styles", 5, "identity/front_styles.html")
        register_destination("front", _("Front page"), "wagtail_serve", "")
        register_destination("account", _("Your account"), "people:account")
