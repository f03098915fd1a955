"""All attacks, and what the tests and the comparison with stock nbgrader do with them."""

import json

from hostile import notebooks, shell, system, values, vault

ATTACKS = [*shell.ATTACKS, *values.ATTACKS, *system.ATTACKS, *notebooks.ATTACKS]


def hand_in(course, attack, port):
    """Put one attack into the course's folder of submissions."""

    def fill(code):
        if "{COURSE}" in code or "{PORT}" in code or attack in system.ATTACKS:
            code = code.replace("{COURSE}", str(course.root)).replace("{PORT}", str(port))
            code = code.replace("{{", "{").replace("}}", "}")
        return code

    answers = {**vault.WRONG, **{k: v for k, v in attack.answers.items() if v}}
    if attack.answers.get("a1", "") is None:
        answers["a1"] = ""
    answers["a1"] = fill(f"{attack.first}\n{answers['a1']}".strip())
    folder = course.submit(attack.name, answers, change=attack.change, files=attack.files)
    if attack.folder:
        attack.folder(folder, course)


def everything_of(course, student):
    """All that the grader wrote about a submission, apart from the test cells themselves."""
    text = ""
    folder = course.root / "autograded" / student
    for path in folder.rglob("*"):
        if path.is_file() and path.suffix != ".ipynb":
            text += path.read_text(errors="replace")
        elif path.is_file():
            for cell in json.loads(path.read_text())["cells"]:
                name = str(cell["metadata"].get("nbgrader", {}).get("grade_id"))
                outputs = [o for o in cell.get("outputs", []) if o["output_type"] != "error"]
                text += json.dumps(outputs if name in vault.TESTS else cell.get("outputs", []))
                text += "" if name in vault.TESTS or cell["cell_type"] != "markdown" else str(
                    cell["source"])  # fmt: skip
    return text
