"""What the hostile corpus does to stock nbgrader: ``python tests/engine/attacks_on_stock.py``.

Each attack is graded by stock `nbgrader autograde` in a throw-away course of its own; where that
fails, once more with an honest student after it, who shows whether the run goes on. A bubblewrap
sandbox around the command keeps this machine safe: no network, a read-only system, nothing writable
but the course, limits on memory, file size and time. It takes about ten minutes; a run that was
stopped, or that a number told to try only so many, goes on where it was. The table is for
`grading/SECURITY.md`.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

from engine_courses import Course, tables  # noqa: E402
from hostile import notebooks, shell, system, values, vault  # noqa: E402
from hostile.corpus import ATTACKS, everything_of, hand_in  # noqa: E402

from grading.engine import sandbox  # noqa: E402

RECORD = HERE.parents[1] / "build" / "attacks-on-stock.json"
HONEST = "z-honest"
SECONDS = 90
#: Attacks that use a machine up, which limits around the command would only hide or pass on.
LEFT_OUT = ("A34-output-flood", "A34b-display-flood", "C09-memory-bomb", "C09b-slow-bomb",
            "C09c-shared-memory", "C10-fork-bomb", "C11-disk-bomb")  # fmt: skip
GROUPS = {
    "shell, kernel, assertion tools": shell,
    "values and replies": values,
    "files, processes, network, time": system,
    "the notebook and the files handed in": notebooks,
}


def main(most: int = len(ATTACKS)) -> None:
    """Try what has not been tried yet, at most ``most`` attacks, and print the table."""
    sandbox.require()
    RECORD.parent.mkdir(exist_ok=True)
    found = json.loads(RECORD.read_text()) if RECORD.is_file() else {}
    with tempfile.TemporaryDirectory(prefix="stock-") as folder:
        template = vault.build(Path(folder, "template"))
        template.submit(HONEST, vault.RIGHT)
        new = [one for one in ATTACKS if one.name not in found and one.name not in LEFT_OUT]
        for attack in new[:most]:
            found[attack.name] = attempt(template, Path(folder, "course"), attack)
            RECORD.write_text(json.dumps(found, indent=1))
            print(attack.name, found[attack.name], flush=True)
    print(table(found))


def attempt(template: Course, root: Path, attack) -> dict[str, bool]:
    """Grade one attack with stock nbgrader; say what it achieved."""
    subprocess.run(["rm", "-rf", str(root)], check=True)
    course = template.copy_to(root)
    hand_in(course, attack, 9)
    fine = run_stock(course, "--student", attack.name)
    if not fine:
        run_stock(course)
    marks, extra = {}, False
    for _, student, _, cell, auto, _, bonus, _ in tables(root / "gradebook.db")["grades"]:
        marks[student, cell] = auto or 0.0
        extra = extra or bonus is not None
    cells = {cell for student, cell in marks if student == attack.name}
    gained = any(marks[attack.name, one] > attack.marks.get(one, 0.0) for one in cells)
    honest = fine or all(marks.get((HONEST, name)) == 2 for name in vault.TESTS)
    text = everything_of(course, attack.name)
    return {
        "marks": gained or extra,
        "reads": vault.MARKER in text or any(secret in text for secret in attack.absent),
        "stops": not honest,
    }


def run_stock(course: Course, *arguments: str) -> bool:
    """Run the command behind a wall; return whether it ended well and in time."""
    command = sandbox.outer_command(
        [sys.executable, "-m", "nbgrader", "autograde", "ps", *arguments], []
    )
    at = command.index("--remount-ro")
    command[at:at] = ["--bind", str(course.root), str(course.root), "--tmpfs", sandbox.HOME]
    command[command.index("--chdir") + 1] = str(course.root)
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=SECONDS, preexec_fn=limit, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def limit() -> None:
    """Bound what the command may use."""
    for which, most in (("AS", 8 * 2**30), ("FSIZE", 200 * 2**20), ("CPU", 120)):
        resource.setrlimit(getattr(resource, f"RLIMIT_{which}"), (most, most))


def table(found: dict[str, dict[str, bool]]) -> str:
    """Return the counts by kind of attack, in Markdown."""
    lines = ["| attacks on | tried | get marks | reach what they should not | stop the run |"]
    lines.append("|---|---|---|---|---|")
    sums = [0, 0, 0, 0]
    for name, module in GROUPS.items():
        tried = [found[one.name] for one in module.ATTACKS if one.name in found]
        counts = [
            len(tried),
            *(sum(one[key] for one in tried) for key in ("marks", "reads", "stops")),
        ]
        sums = [a + b for a, b in zip(sums, counts, strict=True)]
        lines.append(f"| {name} | " + " | ".join(map(str, counts)) + " |")
    lines.append("| **all** | " + " | ".join(f"**{n}**" for n in sums) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
