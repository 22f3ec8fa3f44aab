"""The pages that sell, under each edition's prefix: every edition has its own prices."""

from django.urls import include, path

from broadsheet.billing.checkout import donate, gift, group, order, subscribe
from broadsheet.billing.pages import offers, plans, redeem, withdraw
from broadsheet.billing.pages.groups import taking

urlpatterns = [
    path("subscribe/", plans.subscribe, name="subscribe"),
    path("offer", offers.offer, name="offer"),
    path("checkout/<int:price>/", subscribe.checkout, name="checkout"),
    path("", include("broadsheet.billing.providers.stripe.urls")),
    path("checkout/<uuid:uuid>/done/", order.done, name="checkout_done"),
    path("gift/", gift.gift, name="gift_purchase"),
    path("group/", group.group, name="group_purchase"),
    path("group/seat/<str:token>/", taking.take_seat, name="take_seat"),
    path("redeem/", redeem.redeem, name="redeem"),
    path("donate/", donate.donate, name="donate"),
    path("withdraw/", withdraw.withdraw, name="withdraw"),
]
