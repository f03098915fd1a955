"""``python -m grading hub``: JupyterHub with this course and nbgrader's exchange, on one machine.

For trying things out, for a workshop, and for the tests: every account is the same system user, so
no wall stands between them. README.md beside this file says what a real deployment needs.
"""

from __future__ import annotations

import importlib.util
import json
import os
import secrets
import shutil
import socket
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from grading.course import REPOSITORY
from grading.instructor.here import Here, Refused, plainly

PROXY = "configurable-http-proxy"
INSTRUCTOR = "instructor"

#: Where the hub's configuration finds its :class:`Place`.
VARIABLE = "GRADING_HUB"

#: Parts of nbgrader that only teachers see.
TEACHERS_SERVER = ("formgrader", "course_list")
TEACHERS_LAB = ("formgrader", "course-list", "create-assignment")


@dataclass(frozen=True)
class Place:
    """One hub: where it keeps its things, and where it listens.

    Attributes
    ----------
    folder
        Of this hub: exchange, students' homes, passwords, database.
    course
        The course folder, which becomes the instructor's.
    port, hub_port, proxy_port
        Of the public address, and of the two that hub and proxy use among themselves.
    proxy
        The program that stands in front of everything.
    """

    folder: str
    course: str
    port: int
    hub_port: int
    proxy_port: int
    proxy: str

    @classmethod
    def of_this_process(cls) -> Place:
        """Return the place that the command has written into the environment."""
        return cls(**json.loads(os.environ[VARIABLE]))

    @property
    def url(self) -> str:
        """The address for a browser."""
        return f"http://127.0.0.1:{self.port}/"

    def path(self, *parts: str) -> Path:
        """Return a path in the hub's folder."""
        return Path(self.folder, *parts)

    @property
    def passwords(self) -> dict[str, str]:
        """The passwords of ``instructor`` and of all students, made at the first start."""
        return json.loads(self.path("passwords.json").read_text("utf-8"))


def prepare(place: Place, course_id: str) -> None:
    """Make the hub's folder: exchange, passwords, and what Jupyter reads for either role."""
    folder = place.path()
    folder.mkdir(parents=True, exist_ok=True)
    # Passwords and submissions are nobody else's business on this machine.
    folder.chmod(0o700)
    for name in ("exchange", "homes", "state"):
        place.path(name).mkdir(exist_ok=True)
    if not place.path("passwords.json").exists():
        words = {"student": secrets.token_urlsafe(9), INSTRUCTOR: secrets.token_urlsafe(24)}
        place.path("passwords.json").write_text(json.dumps(words), "utf-8")
    exchange = f"c.Exchange.root = {str(place.path('exchange'))!r}"
    student = [
        "import os",
        "c = get_config()",
        f"c.CourseDirectory.course_id = {course_id!r}",
        # All accounts are one system user here, so the name comes from the hub.
        'c.CourseDirectory.student_id = os.environ["JUPYTERHUB_USER"]',
        exchange,
    ]
    teacher = [
        f"load_subconfig('nbgrader_config.py', path={place.course!r})",
        "c = get_config()",
        f"c.CourseDirectory.root = {place.course!r}",
        exchange,
        # The owner of every submission is that one user.
        "c.ExchangeCollect.check_owner = False",
    ]
    _write_role(place.path("student"), student, teacher=False)
    _write_role(place.path(INSTRUCTOR), teacher, teacher=True)


def _write_role(folder: Path, lines: list[str], teacher: bool) -> None:
    """Write what Jupyter and nbgrader read on the servers of one role."""
    server = {f"nbgrader.server_extensions.{name}": teacher for name in TEACHERS_SERVER}
    lab = {f"@jupyter/nbgrader:{name}": not teacher for name in TEACHERS_LAB}
    (folder / "labconfig").mkdir(parents=True, exist_ok=True)
    (folder / "nbgrader_config.py").write_text("\n".join(lines) + "\n", "utf-8")
    for name, content in (
        ("jupyter_server_config.json", {"ServerApp": {"jpserver_extensions": server}}),
        ("labconfig/page_config.json", {"disabledExtensions": lab}),
    ):
        (folder / name).write_text(json.dumps(content, indent=1), "utf-8")


def find_proxy() -> str:
    """Return the path of the proxy.

    Raises
    ------
    Refused
        If JupyterHub or its proxy is not installed; the message says how to install them.
    """
    install = f"Run `{sys.executable} -m pip install -e '.[hub]'` in the repository."
    if importlib.util.find_spec("jupyterhub") is None:
        raise Refused(f"JupyterHub is not installed. {install}")
    places = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    proxy = shutil.which(PROXY, path=places)
    if proxy is None:
        raise Refused(f"JupyterHub's proxy, {PROXY}, is not installed. {install}")
    return proxy


def free_ports(count: int) -> list[int]:
    """Return ports of the loopback address that nobody listens on."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


def require_free(port: int) -> None:
    """Raise :class:`Refused` if somebody listens on a port already."""
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        raise Refused(
            f"Port {port} is in use, perhaps by another hub. Name another with --port, or say "
            "--port 0 for any that is free."
        ) from None


def hub(
    port: Annotated[int, typer.Option(help="Where to listen on 127.0.0.1; 0: any.")] = 8000,
    folder: Annotated[
        Path, typer.Option(help="Exchange, homes and passwords; kept between starts.")
    ] = REPOSITORY / "build" / "hub",
) -> None:
    """Start JupyterHub for the course of the current folder; Ctrl-C ends it and all servers.

    All accounts are one system user: for trials, not for an exam.
    """
    console = Console(soft_wrap=True)
    with plainly():
        proxy = find_proxy()
        here = Here.open()
        if port:
            require_free(port)
        fresh = free_ports(3)
        place = Place(
            folder=str(folder.resolve()),
            course=str(here.root.resolve()),
            port=port or fresh[0],
            hub_port=fresh[1],
            proxy_port=fresh[2],
            proxy=proxy,
        )
        prepare(place, here.coursedir.course_id)
    words = place.passwords
    console.print(f"Open {place.url}", highlight=False)
    console.print(f"  instructor: name {INSTRUCTOR}, password {words[INSTRUCTOR]}", highlight=False)
    console.print(f"  students: any name, password {words['student']}", highlight=False)
    console.print("All accounts are one system user: for trials, not for an exam.")
    console.file.flush()
    configuration = str(Path(__file__).with_name("jupyterhub_config.py"))
    # A terminal of the instructor finds this Python, and with it `python -m grading`.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    environment = {**os.environ, "PATH": path, VARIABLE: json.dumps(asdict(place))}
    # The hub takes this process's place, so that Ctrl-C and signals reach it.
    os.chdir(place.path("state"))
    command = [sys.executable, "-m", "jupyterhub", "--config", configuration]
    os.execve(sys.executable, command, environment)
