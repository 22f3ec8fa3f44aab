"""The rates of orders, withdrawals and guesses at the codes of gifts and offers, in allauth's notation."""

RATES = {
    "gift_code_by_address": "20/10m/ip,100/d/ip",
    "gift_code_by_network": "60/10m/key,400/d/key",
    "offer_code_by_address": "20/10m/ip,100/d/ip",
    "offer_code_by_network": "60/10m/key,400/d/key",
    "order_by_reader": "30/h/user,100/d/user",
    "withdraw_by_address": "5/10m/ip,20/d/ip",
    "withdraw_by_network": "30/10m/key,200/d/key",
    "withdraw_by_mailbox": "3/15m/key,6/d/key",
}
