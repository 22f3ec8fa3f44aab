from broadsheet.identity.models.file import IdentityFile
from broadsheet.identity.models.identity import Identity, IdentityChanged
from broadsheet.identity.models.menus import Menus

__all__ = ["Identity", "IdentityChanged", "IdentityFile", "Menus"]
