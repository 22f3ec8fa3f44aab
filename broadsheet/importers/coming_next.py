"""What a new magazine’s first page says of moving in."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from broadsheet.desk.home.next_steps import Step
from broadsheet.importers.models import Import
from broadsheet.importers.pages.access import may_import

IMPORT = Step(
    "import",
    _("Move in from another system"),
    _("Articles, pictures and readers from Ghost, WordPress, Substack and others."),
    lambda: reverse("imports:index"),
    may_import,
    lambda person: Import.objects.exists(),
)
