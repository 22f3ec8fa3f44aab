from django.urls import path

from broadsheet.delivery import views

app_name = "delivery"
urlpatterns = [
    path("news/<slug:provider>/", views.webhook, name="mail_webhook"),
    path("arriving/<slug:provider>/", views.arriving, name="arriving_mail"),
]
