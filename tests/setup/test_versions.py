"""One set of versions: pyproject.toml, requirements.txt and environment.yml say the same."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
STUDENT = [Requirement(line) for line in PROJECT["dependencies"]]
# What `make` installs beyond that. Other extras are for maintainers and not pinned.
EXTRAS = [
    Requirement(line)
    for extra in ("instructor", "hub", "site", "test")
    for line in PROJECT["optional-dependencies"][extra]
]
ENVIRONMENT = yaml.safe_load((ROOT / "environment.yml").read_text())


def pinned() -> dict[str, str]:
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    return {canonicalize_name(name): version for name, version in (x.split("==") for x in lines)}


@pytest.mark.parametrize("requirement", STUDENT + EXTRAS, ids=str)
def test_the_pinned_version_is_in_the_range(requirement):
    if canonicalize_name(requirement.name) == canonicalize_name(PROJECT["name"]):
        return
    assert requirement.specifier.contains(pinned()[canonicalize_name(requirement.name)])


def test_every_student_package_has_a_lower_and_an_upper_bound():
    for requirement in STUDENT:
        operators = {specifier.operator for specifier in requirement.specifier}
        assert {">=", "<"} <= operators, f"{requirement} may become a version nobody has tried"


def test_the_pinned_set_holds_names_and_versions_only():
    line = re.compile(r"[A-Za-z0-9._-]+==[A-Za-z0-9.!+]+")
    for number, text in enumerate((ROOT / "requirements.txt").read_text().splitlines(), start=1):
        assert line.fullmatch(text), f"requirements.txt:{number}: {text}"


def test_environment_yml_installs_this_package_with_the_pinned_set_and_nothing_else():
    *conda, pip = ENVIRONMENT["dependencies"]
    assert pip == {"pip": ["--constraint requirements.txt", "--editable ."]}
    assert [line.split("=")[0] for line in conda] == ["python", "pip"]


def test_environment_yml_names_a_python_that_the_package_supports():
    python = next(line for line in ENVIRONMENT["dependencies"] if str(line).startswith("python"))
    assert SpecifierSet(PROJECT["requires-python"]).contains(python.split("=")[1])


def test_a_student_downloads_nothing_that_only_instructors_or_tests_need():
    student = {canonicalize_name(requirement.name) for requirement in STUDENT}
    others = {canonicalize_name(requirement.name) for requirement in EXTRAS}
    assert not student & others


def test_repo2docker_takes_the_repository_for_a_conda_environment():
    """Binder's own detection; --no-build writes the Dockerfile and needs neither docker nor net."""
    command = [sys.executable, "-m", "repo2docker", "--no-build", "--debug", str(ROOT)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stderr
    version = ENVIRONMENT["dependencies"][0].split("=")[1]
    assert f"Building conda environment for python={version}" in run.stderr
    # The package can only be installed after the repository has been copied into the image.
    dockerfile = run.stdout
    assert dockerfile.index("COPY --chown=0:0 src/") < dockerfile.index('--file "environment.yml"')
