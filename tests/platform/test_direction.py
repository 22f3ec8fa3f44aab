"""String foreign keys (`"meter.Grant"`) escape the import contract, so this test looks at the models."""

import tomllib
from pathlib import Path

from django.apps import apps
from django.db.models import Model

ROOT = Path(__file__).parents[2]


def floors() -> dict[str, int]:
    """Room → how high it stands, from the contract in pyproject.toml."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    return {
        room.strip(): height for height, layer in enumerate(reversed(layers)) for room in layer.split("|")
    }


def rooms_models() -> list[type[Model]]:
    return [
        model for model in apps.get_models(include_auto_created=True) if model._meta.app_label in floors()
    ]


def test_every_room_has_its_floor() -> None:
    rooms = {app.label for app in apps.get_app_configs() if app.name.startswith("broadsheet.")}

    assert rooms == floors().keys()


def test_rows_point_only_downward() -> None:
    heights = floors()
    upward = []
    for model in rooms_models():
        here = model._meta.app_label
        for field in model._meta.get_fields(include_hidden=True):
            if field.auto_created or not field.is_relation or field.related_model in {None, "self"}:
                continue
            there = field.related_model._meta.app_label
            if there in heights and there != here and heights[there] >= heights[here]:
                upward.append(f"{model._meta.label}.{field.name} → {there}")

    assert upward == []
