"""The installation report of lesson 00: fine parts, missing parts, and old parts."""

from importlib import metadata

import pytest

from sputnik_moment import data, installation


def test_this_installation_is_fine(capsys):
    installation.report()
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "Everything is ready."
    assert f"[ OK ] pandas {metadata.version('pandas')}" in lines
    assert not any("distributed" in line or "pytest" in line for line in lines), "other roles"


def _version_with(name, answer):
    real = metadata.version

    def version(package):
        if package != name:
            return real(package)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return version


@pytest.mark.parametrize(
    ("answer", "line"),
    [
        (metadata.PackageNotFoundError("pandas"), "[ !! ] pandas is missing: run `make lab`"),
        ("1.0", "[ !! ] pandas 1.0: <4,>=2.2 is needed; run `make lab`"),
    ],
)
def test_a_missing_or_old_package_says_what_to_do(monkeypatch, capsys, answer, line):
    monkeypatch.setattr(installation.metadata, "version", _version_with("pandas", answer))
    installation.report()
    output = capsys.readouterr().out
    assert line in output
    assert output.endswith("1 to mend before you start.\n")


def test_an_old_python_says_what_to_install(monkeypatch):
    monkeypatch.setattr(installation.platform, "python_version", lambda: "3.9.1")
    assert str(installation.findings()[0]) == "[ !! ] Python 3.9.1: install Python >=3.11"


def test_missing_datasets_are_reported(monkeypatch):
    def names():
        raise FileNotFoundError("no datasets/ beside the library")

    monkeypatch.setattr(data, "names", names)
    assert str(installation.findings()[-1]) == "[ !! ] datasets: no datasets/ beside the library"
