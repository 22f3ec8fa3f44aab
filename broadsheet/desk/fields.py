"""What holds for all fields of the desk; the rest is in its script."""

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks


@hooks.register("insert_global_admin_js")
def link_script() -> SafeString:
    return format_html('<script src="{}"></script>', static("desk/fields.js"))
