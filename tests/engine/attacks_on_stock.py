"""What the hostile corpus does to stock nbgrader: ``python tests/engine/attacks_on_stock.py``.

Each attack is graded by stock `nbgrader autograde` in a throw-away course of its own, together with
an honest student after it, who shows whether the run goes on. A bubblewrap sandbox around the
command keeps this machine safe: no network, a read-only system, nothing writable but the course,
limits on memory, file size and time. Inside it listens a server and stands a secret in the
environment, as on a grader's machine.

It takes about half an hour. Every result is written as it comes, and a run that was stopped goes on
where it was. A number limits how many attacks are tried. Three bombs would take the whole machine,
because stock nbgrader has no limits of its own: ``--bombs`` tries them, and nothing else. Give it
in a control group that limits memory and processes, or in a virtual machine. ``--table`` prints
what is known so far. The table is for `grading/SECURITY.md`.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

from engine_courses import Course, tables  # noqa: E402
from hostile import notebooks, shell, system, values, vault  # noqa: E402
from hostile.corpus import ATTACKS, everything_of, hand_in  # noqa: E402

from grading.engine import sandbox  # noqa: E402

RECORD = HERE.parents[1] / "build" / "attacks-on-stock.json"
HONEST = "z-honest"
#: For the whole command, for one cell, and the port of the server that should not be reached.
SECONDS, CELL_SECONDS, PORT = 180, 8, 45678
BOMBS = ("C09-memory-bomb", "C09b-slow-bomb", "C10-fork-bomb")
#: Attacks that look for what another one has left, which is then graded before them.
BEFORE = {"A20b-was-here": "A20-startup-files"}
GROUPS = {
    "shell, kernel, assertion tools": shell,
    "values and replies": values,
    "files, processes, network, time": system,
    "the notebook and the files handed in": notebooks,
}
KEYS = ("marks", "reads", "stops")
SERVE = f"""
import socket, subprocess, sys
server = socket.create_server(("127.0.0.1", {PORT}))
sys.exit(subprocess.run([sys.executable, "-m", "nbgrader", *sys.argv[1:]]).returncode)
"""


def main() -> None:
    """Try what has not been tried yet and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("most", nargs="?", type=int, default=len(ATTACKS))
    parser.add_argument("--bombs", action="store_true")
    parser.add_argument("--table", action="store_true")
    asked = parser.parse_args()
    found = json.loads(RECORD.read_text()) if RECORD.is_file() else {}
    if not asked.table:
        wanted = [one for one in ATTACKS if (one.name in BOMBS) == asked.bombs]
        try_all([one for one in wanted if one.name not in found][: asked.most], found)
    print(sums(found), one_by_one(found), sep="\n\n")


def try_all(attacks: list, found: dict[str, dict]) -> None:
    """Try attacks, and write each result into ``found`` and to the disk as it comes."""
    sandbox.require()
    RECORD.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="stock-") as folder:
        template = vault.build(Path(folder, "template"))
        template.submit(HONEST, vault.RIGHT)
        for attack in attacks:
            found[attack.name] = attempt(template, Path(folder, "course"), attack)
            RECORD.write_text(json.dumps(found, indent=1))
            print(attack.name, found[attack.name], flush=True)


def attempt(template: Course, root: Path, attack) -> dict:
    """Grade one attack with stock nbgrader; say what it achieved and how the command ended."""
    shutil.rmtree(root, ignore_errors=True)
    course = template.copy_to(root)
    hand_in(course, attack, PORT)
    for before in (one for one in ATTACKS if one.name == BEFORE.get(attack.name)):
        hand_in(course, before, PORT)
    end = run_stock(course)
    marks, extra = {}, False
    for _, student, _, cell, auto, _, bonus, _ in tables(root / "gradebook.db")["grades"]:
        marks[student, cell] = auto or 0.0
        extra = extra or bonus is not None
    cells = {cell for student, cell in marks if student == attack.name}
    gained = any(marks[attack.name, one] > attack.marks.get(one, 0.0) for one in cells)
    text = everything_of(course, attack.name)
    return {
        "marks": gained or extra,
        "reads": vault.MARKER in text or any(secret in text for secret in attack.absent),
        "stops": any(marks.get((HONEST, name)) != 2 for name in vault.TESTS),
        "end": end,
    }


def run_stock(course: Course) -> str:
    """Grade all submissions of a course behind a wall; return how the command ended."""
    arguments = ["autograde", "ps", f"--Execute.timeout={CELL_SECONDS}"]
    command = sandbox.outer_command([sys.executable, "-c", SERVE, *arguments], [])
    at = command.index("--remount-ro")
    command[at:at] = ["--bind", str(course.root), str(course.root), "--tmpfs", sandbox.HOME]
    command[command.index("--chdir") + 1] = str(course.root)
    at = command.index("--clearenv") + 1
    command[at:at] = ["--setenv", "GRADER_TEST_SECRET", "s3cr3t"]
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=SECONDS, preexec_fn=limit, check=False
        )
    except subprocess.TimeoutExpired:
        return f"still running after {SECONDS} s"
    return f"exit code {done.returncode}"


def limit() -> None:
    """Bound what the command may use."""
    for which, most in (("AS", 8 * 2**30), ("FSIZE", 3 * 2**30), ("CPU", SECONDS)):
        resource.setrlimit(getattr(resource, f"RLIMIT_{which}"), (most, most))


def sums(found: dict[str, dict]) -> str:
    """Return the counts by kind of attack, in Markdown."""
    stock = f"nbgrader {version('nbgrader')}"
    lines = [
        f"| attacks on | tried | {stock}: get marks | reach what they should not | stop the run |",
        "|---|---|---|---|---|",
    ]
    total = [0, 0, 0, 0]
    for name, module in GROUPS.items():
        tried = [found[one.name] for one in module.ATTACKS if one.name in found]
        counts = [len(tried), *(sum(one[key] for one in tried) for key in KEYS)]
        total = [a + b for a, b in zip(total, counts, strict=True)]
        lines.append(f"| {name} | " + " | ".join(map(str, counts)) + " |")
    lines.append("| **all** | " + " | ".join(f"**{n}**" for n in total) + " |")
    return "\n".join(lines)


def one_by_one(found: dict[str, dict]) -> str:
    """Return what every attack achieved, in Markdown."""
    lines = ["| attack | what it does | marks | reaches | stops |", "|---|---|---|---|---|"]
    for attack in ATTACKS:
        result = found.get(attack.name)
        words = ["yes" if result[key] else "" for key in KEYS] if result else ["not tried"] * 3
        lines.append(f"| {attack.name} | {attack.what} | " + " | ".join(words) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
