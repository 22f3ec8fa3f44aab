"""The `broadsheet` command: Django's management commands under the product's name."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "broadsheet.settings")
    try:
        execute_from_command_line(["broadsheet", *sys.argv[1:]])
    except ImproperlyConfigured as error:
        sys.exit(f"broadsheet: {error}")


if __name__ == "__main__":
    main()
