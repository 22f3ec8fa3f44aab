"""How often mail may be asked for and codes be guessed, in allauth's notation.

ip: an IPv4 address or an IPv6 /64; key: what `limits` counts by. Plain values, for the settings to read.
"""

RATES = {
    "code_by_address": "10/10m/ip,60/d/ip",
    "code_by_network": "60/10m/key,600/d/key",
    "code_by_mailbox": "5/15m/key,12/d/key",
    "guess_by_address": "30/10m/ip",
}
