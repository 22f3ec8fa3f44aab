"""How often letters to the publication may be sent, in allauth's notation."""

RATES = {
    "contact_by_address": "5/10m/ip,20/d/ip",
    "contact_by_network": "30/10m/key,200/d/key",
}
