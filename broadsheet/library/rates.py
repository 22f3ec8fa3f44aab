"""How often articles may be saved, things be followed and places be kept, in allauth's notation."""

RATES = {
    "follow_by_reader": "120/10m/user,1000/d/user",
    "save_by_reader": "120/10m/user,1000/d/user",
    "place_by_reader": "120/10m/user,1500/d/user",
}
