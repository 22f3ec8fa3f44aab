from broadsheet.library.models.saved import ListFull, SavedArticle

__all__ = ["ListFull", "SavedArticle"]
