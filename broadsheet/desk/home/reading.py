from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy

from broadsheet.desk.home.newsroom import may_write
from broadsheet.desk.home.rows import Columns, Panel, Row, editor_of, place_of, placed
from broadsheet.desk.newsroom.places import all_editions
from broadsheet.insights.most_read import most_opened

OF_EACH = 5


class MostRead(Panel):
    """What each edition's readers opened on its own day."""

    name = "most-read"
    heading = gettext_lazy("Most read today")
    order = 150
    columns = Columns(gettext_lazy("Headline"), when=gettext_lazy("Opens"))
    none = gettext_lazy("Nothing was opened yet.")
    more = gettext_lazy("All opens")

    def address_of_more(self) -> str:
        return reverse("opens")

    def rows(self) -> list[Row]:
        counted = []
        for edition in all_editions():
            counted += most_opened(edition.locale, edition.today_began_at, OF_EACH)
        opens = {article.pk: times for article, times in counted}
        is_of_newsroom = may_write(self.user)
        return [
            Row(
                article.title,
                editor_of(article) if is_of_newsroom else article.url,
                place=place_of(article),
                when=number_format(opens[article.pk], force_grouping=True),
            )
            for article in placed(article for article, _times in counted)
        ]
