"""What a visitor reads first is true: commands, licences, citation."""

import os
import re
import subprocess
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))


def test_make_alone_lists_every_command():
    # Inside `make test` this make would take itself for a part of that one, and say so.
    environment = {name: value for name, value in os.environ.items() if "MAKE" not in name}
    listed = subprocess.run(
        ["make"], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    ).stdout
    assert {line.split()[1] for line in listed.splitlines()} == targets()


def test_the_papers_name_only_commands_that_exist():
    for paper in ("README.md", "CONTRIBUTING.md"):
        named = re.findall(r"(?:`|^)make ([a-z]+)", (ROOT / paper).read_text(), flags=re.MULTILINE)
        assert named, f"{paper} names no command"
        assert set(named) <= targets(), paper


def test_the_papers_link_only_to_files_that_exist():
    for paper in ("README.md", "CONTRIBUTING.md"):
        for link in re.findall(r"\]\(([^)#]+)", (ROOT / paper).read_text()):
            if not link.startswith("https://"):
                assert (ROOT / link).exists(), f"{paper}: {link}"


def test_the_readme_leads_with_the_two_commands():
    first = re.search(r"```(?:sh|bash)\n(.*?)```", (ROOT / "README.md").read_text(), flags=re.S)
    commands = [line.split("#")[0].strip() for line in first[1].splitlines()]
    assert commands[-2:] == ["make lab", "make test"]


def test_pictures_of_the_papers_are_small():
    for picture in (ROOT / ".github" / "images").glob("*"):
        assert picture.stat().st_size < 200_000, picture.name


def test_the_citation_names_this_version_and_both_licences():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert citation["version"] == PROJECT["version"]
    assert " AND ".join(citation["license"]) == PROJECT["license"]
    assert (ROOT / "LICENSE").read_text().startswith("MIT License")
    assert "Attribution 4.0 International" in (ROOT / "LICENSE-CC-BY-4.0").read_text()


def test_ci_calls_the_readmes_test_command():
    assert (ROOT / ".ci" / "run").read_text().rstrip().splitlines()[-1].startswith("make test")
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "test.yml").read_text())
    assert {"run": ".ci/run"} in workflow["jobs"]["test"]["steps"]
