"""The library outside JupyterLab and outside the clone, as in Colab or VS Code."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
WHEEL = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"][
    "wheel"
]
LEARN = """
import sys
for absent in ("jupyterlab", "jupyter_server", "notebook", "nbgrader", "jupytext", "rich"):
    sys.modules[absent] = None
import importlib, pkgutil
import sputnik_moment
for module in pkgutil.walk_packages(sputnik_moment.__path__, "sputnik_moment."):
    importlib.import_module(module.name)
from sputnik_moment import data, feedback
assert all(len(data.load(name)) for name in data.names())
check = feedback.lesson("start-here")
check("first-check", 68)
check.hint("first-check")
check.report()
print(sputnik_moment.__file__)
"""


def test_an_installed_copy_brings_its_data_and_needs_no_jupyterlab(tmp_path):
    """Laid out as the wheel is, and used in a folder that is not the clone."""
    site, elsewhere = tmp_path / "site", tmp_path / "elsewhere"
    elsewhere.mkdir()
    no_cache = shutil.ignore_patterns("__pycache__")
    for package in WHEEL["packages"]:
        shutil.copytree(ROOT / package, site / package, ignore=no_cache)
    for source, target in WHEEL["force-include"].items():
        shutil.copytree(ROOT / source, site / target, ignore=no_cache)
    run = subprocess.run(
        [sys.executable, "-c", LEARN],
        cwd=elsewhere,
        env=os.environ | {"PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr[-3000:]
    assert run.stdout.splitlines()[-1].startswith(str(site))
