"""How often letters to the editor may be sent, in allauth's notation."""

RATES = {
    "letter_by_address": "5/10m/ip,20/d/ip",
    "letter_by_network": "30/10m/key,200/d/key",
}
