"""A reader's own lists, under ``/account/``."""

from django.urls import path

from broadsheet.library.following import pages as following
from broadsheet.library.pages import history, saved

urlpatterns = [
    path("saved/", saved.saved_articles, name="saved_articles"),
    path("following/", following.following, name="following"),
    path("history/", history.reading_history, name="reading_history"),
    path("history/begin/", history.begin, name="begin_history"),
    path("history/clear/", history.clear, name="clear_history"),
    path("history/end/", history.end, name="end_history"),
    path("history/<uuid:uuid>/forget/", history.forget, name="forget_opened"),
]
