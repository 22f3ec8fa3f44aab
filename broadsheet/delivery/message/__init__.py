"""Messages as bytes: frozen once, joined for each reader, signed. Knows no rows and no settings."""

from broadsheet.delivery.message.dkim import BadKey, Signer
from broadsheet.delivery.message.headers import Unjoinable
from broadsheet.delivery.message.identity import Forged, message_id, return_path, returned
from broadsheet.delivery.message.listing import Listing
from broadsheet.delivery.message.segments import Segments, TokenMissing, place_of_token

__all__ = [
    "BadKey",
    "Forged",
    "Listing",
    "Segments",
    "Signer",
    "TokenMissing",
    "Unjoinable",
    "message_id",
    "place_of_token",
    "return_path",
    "returned",
]
