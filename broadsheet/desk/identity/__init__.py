"""Settings → Identity and Menus: how the magazine is called and looks, tried before readers see it."""

# Imported for what they register.
# ruff: noqa: F401
from broadsheet.desk.identity import menus, urls
