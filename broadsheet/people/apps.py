from django.apps import AppConfig
from wagtail.users.apps import WagtailUsersAppConfig


class PeopleConfig(AppConfig):
    name = "broadsheet.people"
    default = True  # of the two here

    def ready(self) -> None:
        from broadsheet.people import finding, own_account

        own_account.register()
        finding.register_own()


class DeskUsersConfig(WagtailUsersAppConfig):
    """Wagtail's user admin, with forms for our Person."""

    user_viewset = "broadsheet.people.desk_users.PersonViewSet"
