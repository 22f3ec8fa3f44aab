from broadsheet.library.models.history import OpenedArticle, ReadingHistory
from broadsheet.library.models.saved import ListFull, SavedArticle

__all__ = ["ListFull", "OpenedArticle", "ReadingHistory", "SavedArticle"]
