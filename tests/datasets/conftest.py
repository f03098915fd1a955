"""A small copy of some datasets, to be damaged on purpose."""

import csv
import json
import shutil
from pathlib import Path

import pytest

from grading import datasets

DATASETS = Path(__file__).resolve().parents[2] / "datasets"
SOME_TICKERS = {"NVDA", "AAPL", "^VIX"}


class Copy:
    """Some tables in a folder of their own, with a package that describes just these."""

    def __init__(self, folder: Path, names: tuple[str, ...]) -> None:
        self.folder = folder
        package = json.loads((DATASETS / "datapackage.json").read_text(encoding="utf-8"))
        package["resources"] = [r for r in package["resources"] if r["name"] in names]
        for resource in package["resources"]:
            shutil.copy(DATASETS / resource["path"], folder)
            keys = resource["schema"].get("foreignKeys", [])
            kept = [key for key in keys if key["reference"]["resource"] in names]
            resource["schema"].pop("foreignKeys", None)
            if kept:
                resource["schema"]["foreignKeys"] = kept
        (folder / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
        for name in {"market_closes", "tickers"} & set(names):
            self.write(name, [row for row in self.rows(name) if row["ticker"] in SOME_TICKERS])

    def rows(self, name: str) -> list[dict[str, str]]:
        with (self.folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def write(self, name: str, rows: list[dict[str, str]], rehash: bool = True) -> None:
        with (self.folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        if rehash:
            datasets.rehash(self.folder)

    def faults(self) -> list[datasets.Fault]:
        return datasets.check(self.folder)


@pytest.fixture
def copy(tmp_path):
    """Make a copy of the tables that are named."""

    return lambda *names: Copy(tmp_path, names)
