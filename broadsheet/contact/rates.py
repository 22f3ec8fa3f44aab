"""How often letters to the publication may be sent, and subscriptions looked for, in allauth's notation."""

RATES = {
    "contact_by_address": "5/10m/ip,20/d/ip",
    "contact_by_network": "30/10m/key,200/d/key",
    "find_by_address": "5/10m/ip,20/d/ip",
    "find_by_network": "30/10m/key,200/d/key",
}
