"""What a subscriber does on their account page, under ``/account/``."""

from django.urls import path

from broadsheet.billing.checkout import card, change, pay
from broadsheet.billing.pages import invoices, subscription
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
    path("invoices/<str:number>.pdf", invoices.pdf, name="invoice_pdf"),
    path("invoices/<str:number>/pay/", pay.pay, name="pay_invoice"),
    path("invoices/<str:number>/confirm/", confirm, name="confirm_charge"),
]
