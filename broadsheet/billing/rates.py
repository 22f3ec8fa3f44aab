"""The rates of orders, withdrawals, invitations to groups and guesses at codes and numbers of the paper.

In allauth's notation.
"""

RATES = {
    "gift_code_by_address": "20/10m/ip,100/d/ip",
    "gift_code_by_network": "60/10m/key,400/d/key",
    "offer_code_by_address": "20/10m/ip,100/d/ip",
    "offer_code_by_network": "60/10m/key,400/d/key",
    "invite_by_reader": "300/h/user,1000/d/user",
    "invite_by_mailbox": "3/d/key",
    "paper_by_reader": "6/h/user,20/d/user",
    "paper_by_address": "20/h/ip,60/d/ip",
    "paper_by_number": "10/d/key",
    "order_by_reader": "30/h/user,100/d/user",
    "withdraw_by_address": "5/10m/ip,20/d/ip",
    "withdraw_by_network": "30/10m/key,200/d/key",
    "withdraw_by_mailbox": "3/15m/key,6/d/key",
}
