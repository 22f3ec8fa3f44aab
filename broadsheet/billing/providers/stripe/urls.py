from django.urls import path

from broadsheet.billing.providers.stripe.pages import back

urlpatterns = [path("checkout/<uuid:uuid>/back/", back, name="stripe_back")]
