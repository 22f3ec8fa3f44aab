"""A reader's own lists, under ``/account/``."""

from django.urls import path

from broadsheet.library.pages import saved

urlpatterns = [path("saved/", saved.saved_articles, name="saved_articles")]
