from django.urls import path

from broadsheet.demo import views

app_name = "demo"
urlpatterns = [
    path("", views.tour, name="tour"),
    path("mail/", views.mail, name="mail"),
    path("mail/<str:name>/", views.letter, name="letter"),
    path("mail/<str:name>/page/", views.letter_page, name="letter_page"),
]
