from django.http import HttpRequest


def demo(request: HttpRequest) -> dict[str, bool]:
    """Tells the base template to show the way to the tour and to the mail."""
    return {"is_demo": True}
