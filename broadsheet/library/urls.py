from django.urls import path

from broadsheet.library.pages import own, saved

urlpatterns = [
    path("save/<str:uuid>", saved.save, name="save_article"),
    path("own/<str:uuid>", own.own_article, name="own_article"),
]
