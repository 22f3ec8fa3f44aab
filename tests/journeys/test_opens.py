"""What a browser reports of a free article, once it is looked at."""

from playwright.sync_api import Page, Request

from broadsheet.editorial.models import Article

FREE, METERED = "/good-news/the-fence-that-hums/", "/culture/the-night-train-comes-back/"


def is_report(request: Request) -> bool:
    return "/opened/" in request.url


def test_a_free_article_reports_that_it_is_read_once(desktop: Page, rows: None) -> None:
    reports: list[Request] = []
    desktop.on("request", lambda request: reports.append(request) if is_report(request) else None)
    with desktop.expect_response(lambda response: is_report(response.request)) as answer:
        desktop.goto(FREE)
    assert answer.value.status == 204
    article = Article.objects.filter(slug="the-fence-that-hums").first()
    assert answer.value.url.endswith(f"/opened/{article.uuid}")
    desktop.wait_for_load_state("networkidle")
    assert len(reports) == 1


def test_other_pages_report_nothing(desktop: Page) -> None:
    reports: list[str] = []
    desktop.on("request", lambda request: reports.append(request.url) if is_report(request) else None)
    for address in ("/", METERED, "/about/"):
        desktop.goto(address)
        desktop.wait_for_load_state("networkidle")
    assert reports == []
