"""Every address here exists once for each edition, under its prefix."""

from django.urls import path

from broadsheet.contact import form
from broadsheet.contact.finding import page
from broadsheet.contact.moves.page import object_to

urlpatterns = [
    path("write/<int:page_id>", form.write, name="write"),
    path("write/<int:page_id>/sent", form.written, name="written"),
    path("find-my-subscription/", page.find, name="find_subscription"),
    path("find-my-subscription/asked/", page.asked, name="find_subscription_asked"),
    path("object/<str:token>/", object_to, name="object_to_move"),
]
