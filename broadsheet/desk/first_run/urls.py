from django.urls import path

from broadsheet.desk.first_run import page

urlpatterns = [
    path("", page.first_run, name="first_run"),
    path("<str:key>/", page.follow, name="first_run_link"),
]
