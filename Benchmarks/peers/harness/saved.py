"""Results kept as JSON in the work folder. With MERGE=1 a run starts from those of the earlier one."""

import json
import os
from dataclasses import asdict
from pathlib import Path

from .measure import Measurement, Sample
from .settings import SETTINGS


def path(name: str) -> Path:
    return SETTINGS.work / f"{name}.json"


def load(name: str) -> dict:
    """The earlier run's results; empty without one or without MERGE."""
    if os.environ.get("MERGE") and path(name).exists():
        return json.loads(path(name).read_text())
    return {}


def store(name: str, rows: dict) -> None:
    """Writes nested dictionaries of dataclasses."""
    path(name).write_text(json.dumps(rows, indent=1, default=asdict))


def measurement(stored: dict | None) -> Measurement | None:
    if stored is None:
        return None
    return Measurement(**{**stored, "kept": [Sample(**one) for one in stored["kept"]]})
