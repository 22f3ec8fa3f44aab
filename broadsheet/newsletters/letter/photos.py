from broadsheet.editorial.media.renditions import address, size_of
from broadsheet.editorial.models import Picture
from broadsheet.newsletters.letter.contents import Photo
from broadsheet.platform.http.addresses import absolute

WIDTH = 1280
"""Twice what the letter shows, for fine screens."""
THUMB = 320


def photo_of(picture: Picture, shape: str, alt: str = "", width: int = WIDTH) -> Photo:
    size = size_of(picture, shape, width)
    return Photo(
        address=absolute(address(picture, shape, width, "jpeg")),
        width=size.width,
        height=size.height,
        alt=alt or picture.default_alt_text,
        credit=picture.credit_line,
    )
