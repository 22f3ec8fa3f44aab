from broadsheet.site.search.models import SearchEntry, SearchWord

__all__ = ["SearchEntry", "SearchWord"]
