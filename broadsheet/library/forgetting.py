from datetime import datetime

from broadsheet.library.models import OpenedArticle
from broadsheet.platform.processes.scheduler import DAY, once_every


@once_every(DAY, "library.history")
def forget_opened(at: datetime) -> None:
    """Deletes from histories what was last open six months ago."""
    OpenedArticle.objects.expired(at).delete()
