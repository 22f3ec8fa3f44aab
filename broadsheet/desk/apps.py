from typing import Any

from django.apps import AppConfig
from django.apps import apps as installed
from django.core.checks import register
from django.db.models.signals import post_migrate


class DeskConfig(AppConfig):
    name = "broadsheet.desk"

    def ready(self) -> None:
        from broadsheet.desk.first_run.link import check_first_run
        from broadsheet.desk.newsroom.staff_bar import bar_values
        from broadsheet.platform.processes import readiness
        from broadsheet.platform.slots import fill

        register(check_first_run, readiness.BEGINNING, deploy=True)

        post_migrate.connect(_set_up_newsroom, dispatch_uid="newsroom")
        fill("front.empty", 10, "desk/first_run/empty_front.html", bar_values)
        fill("weekly.desk_files", 10, "desk/weekly/files.html")
        fill("page.end", 10, "desk/newsroom/staff_bar.html", bar_values)


def _set_up_newsroom(sender: AppConfig, using: str, **kwargs: Any) -> None:
    # All permissions exist only at the turn of the last app with models. Apps without models get no signal.
    if sender is [app for app in installed.get_app_configs() if app.models_module][-1]:
        from broadsheet.desk.roles import set_up_newsroom

        set_up_newsroom(using)
