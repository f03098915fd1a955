# Every command of the course. `make` alone lists them.
#
# The first command creates .venv and installs into it; later ones find it there and reinstall
# only after pyproject.toml or requirements.txt has changed. Nothing outside this folder is touched.

PYTHON ?= python3
LESSON ?= 00-start-here

VENV := .venv
BIN := $(VENV)/bin
NOTEBOOK = $(wildcard lessons/en/$(LESSON)/*.ipynb)
# Jupyter does not start for root, the usual user of a container, unless it is told to.
AS_ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)

.DEFAULT_GOAL := help
.PHONY: help lab check test lessons datasets demo hub bench site lint format requirements

help:  ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-13s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)

lab: $(VENV)/student.installed  ## open a lesson in JupyterLab (another: LESSON=04-market-reaction)
	@test -n "$(NOTEBOOK)" || { echo "There is no lesson $(LESSON), but:"; ls lessons/en; exit 1; }
	$(BIN)/jupyter lab $(AS_ROOT) --LabApp.default_url=/lab/tree/$(NOTEBOOK)

check: $(VENV)/student.installed  ## check your saved notebook with all tests (LESSON=04-market-reaction)
	@$(BIN)/python -m grading.selfcheck $(LESSON)

test: $(VENV)/test.installed  ## run every test
	$(BIN)/python -m pytest -n logical --maxprocesses 8 --dist loadfile

lessons: $(VENV)/instructor.installed  ## build the student edition from solutions/
	$(BIN)/python -m grading build

datasets: $(VENV)/test.installed  ## validate the datasets and write their dictionary
	$(BIN)/python -m grading.datasets

demo: $(VENV)/instructor.installed  ## grade a simulated class and compare with the known marks
	$(BIN)/python -m grading demo

hub: $(VENV)/hub.installed  ## start JupyterHub for a class on this machine, to try it
	$(BIN)/python -m grading hub

bench: $(VENV)/test.installed  ## measure the lessons and the grading engine
	$(BIN)/python -m grading.bench
	$(BIN)/python -m grading.engine.bench

site: $(VENV)/site.installed  ## render all lessons as web pages (REPOSITORY=https://github.com/OWNER/NAME)
	$(BIN)/python -m grading.site --repository "$(REPOSITORY)"

lint: $(VENV)/test.installed  ## check the style of code and notebooks
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

format: $(VENV)/test.installed  ## mend what `make lint` finds, where a tool can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

requirements:  ## choose new versions: rewrite requirements.txt from pyproject.toml
	$(PYTHON) -m venv --clear build/requirements
	build/requirements/bin/python -m pip install --quiet '.[test]'
	build/requirements/bin/python -m pip freeze --exclude sputnik-moments > requirements.txt

# What is installed for whom: the student's core alone, or one of the extras of pyproject.toml.
$(VENV)/student.installed: package = .
$(VENV)/%.installed: package = .[$*]
$(VENV)/%.installed: pyproject.toml requirements.txt | $(VENV)
	@echo "Installing what '$*' needs into $(VENV). The first time takes a few minutes."
	@$(BIN)/python -m pip install --quiet --constraint requirements.txt --editable '$(package)'
	@touch $@

$(VENV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed. Name it: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }
