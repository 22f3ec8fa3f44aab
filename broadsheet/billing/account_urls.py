"""What a subscriber does on their account page, under ``/account/``."""

from django.urls import path

from broadsheet.billing.checkout import card, change, pay, seats
from broadsheet.billing.pages import invoices, subscription
from broadsheet.billing.pages.groups import group, seat_file, taking
from broadsheet.billing.pages.paper import delivery, label
from broadsheet.billing.providers.stripe.pages import confirm

urlpatterns = [
    path("subscription/pause/", subscription.pause, name="pause_subscription"),
    path("subscription/resume/", subscription.resume, name="resume_subscription"),
    path("subscription/cancel/", subscription.cancel, name="cancel_subscription"),
    path("subscription/keep/", subscription.keep, name="keep_subscription"),
    path("subscription/stay/", subscription.stay, name="take_save_offer"),
    path("subscription/change/", change.change, name="change_subscription"),
    path("subscription/card/", card.card, name="change_card"),
    path("donations/<int:pk>/cancel/", subscription.cancel, name="cancel_donation"),
    path("donations/<int:pk>/keep/", subscription.keep, name="keep_donation"),
    path("donations/<int:pk>/card/", card.card, name="change_donation_card"),
    path("groups/<int:pk>/", group.group, name="group"),
    path("groups/<int:pk>/number/", seats.seats, name="group_seats"),
    path("groups/<int:pk>/seats.csv", seat_file.seats_csv, name="seats_csv"),
    path("groups/<int:pk>/file/", seat_file.invite_by_csv, name="invite_by_csv"),
    path("groups/<int:pk>/cancel/", subscription.cancel, name="cancel_group"),
    path("groups/<int:pk>/keep/", subscription.keep, name="keep_group"),
    path("groups/<int:pk>/card/", card.card, name="change_group_card"),
    path("seats/<int:pk>/give-back/", taking.give_back, name="give_seat_back"),
    path("paper/", delivery.delivery, name="print_delivery"),
    path("paper/link/", label.link, name="link_label"),
    path("invoices/<str:number>.pdf", invoices.pdf, name="invoice_pdf"),
    path("invoices/<str:number>/pay/", pay.pay, name="pay_invoice"),
    path("invoices/<str:number>/confirm/", confirm, name="confirm_charge"),
]
