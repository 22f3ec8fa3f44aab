"""Every address here exists once for each edition, under its prefix."""

from django.urls import path

from broadsheet.editorial.letters.own_letter import own_letter
from broadsheet.editorial.letters.writing import confirm, sent, write

urlpatterns = [
    path("letters/write/<str:uuid>", write, name="write_letter"),
    path("letters/sent/", sent, name="letter_sent"),
    path("letters/confirm/<str:token>", confirm, name="confirm_letter"),
    path("letters/yours/<str:token>/", own_letter, name="own_letter"),
]
