from django.urls import path

from broadsheet.library.pages import saved

urlpatterns = [path("save/<str:uuid>", saved.save, name="save_article")]
