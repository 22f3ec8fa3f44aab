"""The pages that show a draft: made for whoever asks for them here, and kept nowhere."""

import re
from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from broadsheet.desk.identity.scope import Scope, require
from broadsheet.edge.asking import answer_to
from broadsheet.editorial.models import Article, Edition, Publication
from broadsheet.identity.look import look, trying
from broadsheet.identity.models import Identity
from broadsheet.newsletters.letter.composing import letter_of
from broadsheet.newsletters.letter.rendering import in_the_dark
from broadsheet.newsletters.models import Issue
from broadsheet.paywall.examples import examples_of
from broadsheet.people.letters import Letter, written
from broadsheet.platform import clock
from broadsheet.platform.http.rendition import KEY, PUBLIC

PAGES = {
    "front": gettext_lazy("Front page"),
    "article": gettext_lazy("Article"),
    "wall": gettext_lazy("Wall"),
    "letter": gettext_lazy("Letter"),
}
WIDTHS = {"desktop": gettext_lazy("Desktop"), "phone": gettext_lazy("Phone")}
SCHEMES = {"light": gettext_lazy("Light"), "dark": gettext_lazy("Dark")}
SCRIPT = re.compile(r"<script\b.*?</script>", re.DOTALL)
LINK = re.compile(r"""(<a\b[^>]*?\shref=)(?:"[^"]*"|'[^']*')""")


@require_safe
def frame(request: HttpRequest, key: str, page: str) -> HttpResponse:
    """One page as it would look with the draft of whoever asks; the frame around it runs no scripts."""
    require(request.user)
    scope = Scope(key)
    draft = get_object_or_404(
        Identity, made_by=request.user, edition=scope.locale, applied_at=None, sheet__isnull=False
    )
    edition = scope.shown_in
    if edition is None or page not in PAGES:
        raise Http404
    zone = timezone.get_current_timezone()
    with trying(draft), translation.override(edition.locale.language_code), timezone.override(zone):
        html = SHOWN[page](request, edition, is_dark=request.GET.get("scheme") == "dark")
    if request.GET.get("scheme") in SCHEMES:
        html = html.replace("<html ", f'<html data-scheme="{request.GET["scheme"]}" ', 1)
    # The frame runs no scripts, and what stands behind a link is not in the draft's look.
    response = HttpResponse(LINK.sub(r'\1"#preview"', SCRIPT.sub("", html)))
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _front(request: HttpRequest, edition: Edition, *, is_dark: bool) -> str:
    return _page(f"{edition.prefix}/")


def _article(request: HttpRequest, edition: Edition, *, is_dark: bool) -> str:
    article = _newest(edition)
    return _page(str(article.get_url())) if article else _nothing()


def _wall(request: HttpRequest, edition: Edition, *, is_dark: bool) -> str:
    article, tag = _newest(edition), str(edition.locale.language_code)
    name = Publication.load().name
    examples = examples_of(article, tag, clock.now(), opened=1_000) if article else []
    wall = next((wall for one in examples if (wall := one.wall(name, tag, None))), None)
    if wall is None:
        return _nothing()
    context = {"wall": wall, "article": article, "edition": edition, "contact": "#"}
    return str(render_to_string("desk/paywall/wall_preview.html", context, request=request))


def _letter(request: HttpRequest, edition: Edition, *, is_dark: bool) -> str:
    issues = Issue.objects.filter(newsletter__edition=edition.locale.language_code, number__isnull=False)
    if issue := issues.select_related("newsletter").order_by("-pk").first():
        html = letter_of(issue).html
        return in_the_dark(html) if is_dark else html
    letter = Letter(
        subject=_("A letter"),
        paragraphs=[_("This is how letters look."), _("They bear the name and the accent.")],
        action=(_("A button"), "#"),
    )
    _text, html = written(letter)
    return html


SHOWN: dict[str, Callable[..., str]] = {
    "front": _front,
    "article": _article,
    "wall": _wall,
    "letter": _letter,
}


def _page(path: str) -> str:
    """As a stranger gets it. In a rendition, so that nothing keeps it."""
    answer = answer_to(path, {KEY: PUBLIC})
    return answer.content.decode() if isinstance(answer, HttpResponse) else ""


def _newest(edition: Edition) -> Article | None:
    """With a picture, if there is one with it."""
    articles = Article.objects.live().public().below(edition).order_by("-first_published_at")
    found: Article | None = articles.exclude(picture=None).first() or articles.first()
    return found


def _nothing() -> str:
    return str(render_to_string("desk/identity/nothing.html", {"look": look()}))
