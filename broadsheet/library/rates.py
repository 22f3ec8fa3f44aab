"""How often articles may be saved and places reported, in allauth's notation."""

RATES = {
    "save_by_reader": "120/10m/user,1000/d/user",
}
