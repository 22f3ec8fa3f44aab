"""Export files of WordPress, made for a test."""

from html import escape
from pathlib import Path
from typing import Any

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>Old</title><link>https://old.example</link>
<wp:base_site_url>https://old.example</wp:base_site_url>
<wp:author><wp:author_login>ida</wp:author_login>
<wp:author_display_name>Ida Lund</wp:author_display_name></wp:author>
<wp:category><wp:term_id>3</wp:term_id><wp:category_nicename>sea</wp:category_nicename>
<wp:cat_name>Sea</wp:cat_name></wp:category>
<wp:category><wp:term_id>4</wp:term_id><wp:category_nicename>land</wp:category_nicename>
<wp:cat_name>Land</wp:cat_name></wp:category>
"""
FOOT = "</channel></rss>"


def item(
    number: int, content: str = "", meta: dict[str, str] | None = None, more: str = "", **fields: Any
) -> str:
    said = {
        "title": f"Post {number}",
        "link": f"https://old.example/2019/05/post-{number}/",
        "dc:creator": "ida",
        "wp:post_id": number,
        "wp:post_name": f"post-{number}",
        "wp:post_type": "post",
        "wp:status": "publish",
        "wp:post_date": "2019-05-04 12:00:00",
        "wp:post_date_gmt": "2019-05-04 10:00:00",
    } | {name.replace("__", ":"): value for name, value in fields.items()}
    parts = [f"<{name}>{escape(str(value))}</{name}>" for name, value in said.items()]
    parts.append(f"<content:encoded><![CDATA[{content}]]></content:encoded>")
    for key, value in (meta or {}).items():
        parts.append(
            f"<wp:postmeta><wp:meta_key>{key}</wp:meta_key><wp:meta_value><![CDATA[{value}]]></wp:meta_value></wp:postmeta>"
        )
    return f"<item>{''.join(parts)}{more}</item>\n"


def attachment(number: int, address: str, *, alt: str = "", credit: str = "", caption: str = "") -> str:
    meta = {"_wp_attachment_image_alt": alt} if alt else {}
    if credit:
        length = len(credit.encode())
        meta["_wp_attachment_metadata"] = (
            f'a:2:{{s:5:"width";i:64;s:10:"image_meta";a:1:{{s:6:"credit";s:{length}:"{credit}";}}}}'
        )
    fields = {"wp__post_type": "attachment", "wp__status": "inherit", "wp__attachment_url": address}
    return item(number, meta=meta, more=f"<excerpt:encoded>{escape(caption)}</excerpt:encoded>", **fields)


def category(slug: str, name: str = "", domain: str = "category") -> str:
    return f'<category domain="{domain}" nicename="{slug}">{escape(name or slug.capitalize())}</category>'


def written(folder: Path, *items: str, name: str = "old.xml", foot: str = FOOT) -> Path:
    file = folder / name
    file.write_text(HEAD + "".join(items) + foot)
    return file
