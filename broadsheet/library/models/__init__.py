from broadsheet.library.models.follow import Follow, TooMany
from broadsheet.library.models.history import OpenedArticle, ReadingHistory
from broadsheet.library.models.saved import ListFull, SavedArticle

__all__ = ["Follow", "ListFull", "OpenedArticle", "ReadingHistory", "SavedArticle", "TooMany"]
