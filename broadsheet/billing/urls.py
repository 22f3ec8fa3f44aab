"""The pages that sell. Each stands once for each edition, under its prefix: prices are an edition's."""

from django.urls import path

from broadsheet.billing.pages import checkout, donate, gift, offers, redeem, subscribe, withdraw
from broadsheet.billing.providers.till import pages

urlpatterns = [
    path("subscribe/", subscribe.subscribe, name="subscribe"),
    path("offer", offers.offer, name="offer"),
    path("checkout/<int:price>/", checkout.checkout, name="checkout"),
    path("checkout/<uuid:uuid>/done/", checkout.done, name="checkout_done"),
    path("till/<uuid:uuid>/", pages.till, name="till"),
    path("gift/", gift.gift, name="gift_purchase"),
    path("redeem/", redeem.redeem, name="redeem"),
    path("donate/", donate.donate, name="donate"),
    path("withdraw/", withdraw.withdraw, name="withdraw"),
]
