from django.urls import path

from broadsheet.library.following import pages as following
from broadsheet.library.pages import own, saved

urlpatterns = [
    path("save/<str:uuid>", saved.save, name="save_article"),
    path("follow/topic/<slug:slug>", following.follow_topic, name="follow_topic"),
    path("follow/author/<slug:slug>", following.follow_author, name="follow_author"),
    path("follow/own", following.followed_here, name="followed_here"),
    path("own/<str:uuid>", own.own_article, name="own_article"),
]
