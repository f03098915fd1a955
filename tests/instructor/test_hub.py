"""Two students and an instructor on a real hub: fetch, solve, submit, collect, grade, feedback.

Nothing is simulated: `python -m grading hub` starts JupyterHub and its proxy; everybody logs in
with a name and a password, and works on a server of their own, through the proxy.
"""

import asyncio
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import nbformat
import pytest
import requests
from small_course import NAME
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

from grading.answers import fill
from sputnik_moment.feedback import MIME

COURSE = "sputnik-moments"
PATIENCE = 600  # seconds; a busy machine is slow to start four servers
RUN = "import subprocess, sys\nprint(subprocess.run([sys.executable, '-m', 'grading', *{}], " \
      "capture_output=True, text=True))"  # fmt: skip


def wait_for(ready, what, log):
    deadline = time.monotonic() + PATIENCE
    while not (found := ready()):
        assert time.monotonic() < deadline, f"{what} did not come:\n{log.read_text()[-4000:]}"
        time.sleep(0.2)
    return found


class Account:
    """Somebody who has logged in, and their server."""

    def __init__(self, hub, name, password, log):
        self.hub, self.name, self.log = hub, name, log
        with requests.Session() as session:
            session.get(f"{hub}hub/login").raise_for_status()
            form = {"username": name, "password": password, "_xsrf": session.cookies["_xsrf"]}
            answer = session.post(f"{hub}hub/login", data=form, allow_redirects=False)
            if answer.status_code != 302:
                raise PermissionError(answer.status_code)
            session.get(f"{hub}hub/token").raise_for_status()
            made = session.post(
                f"{hub}hub/api/users/{name}/tokens",
                headers={"X-XSRFToken": session.cookies.get("_xsrf", path="/hub/")},
                json={"expires_in": 3600},
            )
            made.raise_for_status()
        self.head = {"Authorization": f"token {made.json()['token']}"}

    def ask(self, method, path, of=None, **options):
        """Ask a server, one's own unless another's is named."""
        url = f"{self.hub}user/{of or self.name}/{path}"
        return requests.request(method, url, headers=self.head, timeout=PATIENCE, **options)

    def start(self):
        me = f"{self.hub}hub/api/users/{self.name}"
        started = requests.post(f"{me}/server", headers=self.head, timeout=PATIENCE)
        assert started.status_code in (201, 202), started.text

        def ready():
            facts = requests.get(me, headers=self.head, timeout=PATIENCE).json()
            return facts["servers"].get("", {}).get("ready")

        wait_for(ready, f"the server of {self.name}", self.log)

    def does(self, action):
        """Do what a button of nbgrader's assignment list does; return the statuses after it."""
        what = {"course_id": COURSE, "assignment_id": NAME}
        answer = self.ask("POST", f"assignments/{action}", json=what).json()
        assert answer["success"], answer
        return [one["status"] for one in answer["value"]]

    def file(self, path):
        answer = self.ask("GET", f"api/contents/{path}")
        answer.raise_for_status()
        return answer.json()["content"]

    def run(self, *codes):
        """Run code in a kernel of the own server; return the text and verdicts that it shows."""
        kernel = self.ask("POST", "api/kernels", json={"name": "python3"}).json()["id"]
        try:
            return asyncio.run(asyncio.wait_for(self._run(kernel, codes), PATIENCE))
        finally:
            self.ask("DELETE", f"api/kernels/{kernel}")

    async def _run(self, kernel, codes):
        path = f"user/{self.name}/api/kernels/{kernel}/channels"
        address = f"{self.hub}{path}".replace("http", "ws", 1)
        socket = await websocket_connect(HTTPRequest(address, headers=self.head))
        text, verdicts = [], {}
        for code in codes:
            header = {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request", "version": "5.3",
                      "username": self.name, "session": "one", "date": ""}  # fmt: skip
            content = {"code": code, "silent": False, "allow_stdin": False}
            message = {"channel": "shell", "header": header, "parent_header": {}, "metadata": {},
                       "content": content}  # fmt: skip
            await socket.write_message(json.dumps(message))
            while True:
                told = json.loads(await socket.read_message())
                if told["parent_header"].get("msg_id") != header["msg_id"]:
                    continue
                kind, content = told["msg_type"], told["content"]
                if kind == "error":
                    raise AssertionError("\n".join(content["traceback"]))
                if kind == "stream":
                    text.append(content["text"])
                if MIME in content.get("data", {}):
                    verdict = content["data"][MIME]
                    verdicts[verdict["exercise"]] = verdict["state"]
                if kind == "status" and content["execution_state"] == "idle":
                    break
        socket.close()
        return "".join(text), verdicts


@pytest.fixture
def hub(built, tmp_path):
    """Start the hub for a copy of the small course; return its address, passwords and log."""
    course = shutil.copytree(built, tmp_path / "course")
    log = tmp_path / "hub.log"
    command = [sys.executable, "-m", "grading", "hub", "--port", "0", "--folder", tmp_path / "hub"]
    environment = {**os.environ, "COLUMNS": "200", "NO_PROXY": "127.0.0.1"}
    with log.open("w") as file:
        process = subprocess.Popen(
            command, cwd=course, env=environment, stdout=file, stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip

    def answers():
        assert process.poll() is None, f"the hub did not start:\n{log.read_text()[-4000:]}"
        found = re.search(r"^Open (http\S+)$", log.read_text(), flags=re.MULTILINE)
        try:
            return found and requests.get(f"{found[1]}hub/api/", timeout=5).ok and found[1]
        except requests.ConnectionError:
            return False

    try:
        url = wait_for(answers, "the hub", log)
        words = json.loads((tmp_path / "hub/passwords.json").read_text())
        yield url, words, log, course
    finally:
        # As Ctrl-C does: the hub ends the servers and the proxy, then itself.
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise


def test_from_release_to_feedback_on_a_hub(hub):
    url, words, log, course = hub
    teacher = Account(url, "instructor", words["instructor"], log)
    ada, bob = (Account(url, name, words["student"], log) for name in ("ada", "bob"))
    with ThreadPoolExecutor(3) as together:
        list(together.map(Account.start, (teacher, ada, bob)))

    # Who may go where.
    for name, password in (("ada", "wrong"), ("instructor", words["student"])):
        with pytest.raises(PermissionError):
            Account(url, name, password, log)
    assert ada.ask("GET", "api/contents", of="bob").status_code in (403, 404)
    assert teacher.ask("GET", "formgrader/manage_assignments").status_code == 200
    assert ada.ask("GET", "formgrader/manage_assignments").status_code == 404

    def commands(*lines):
        told, _ = teacher.run(*(RUN.format(line.split()) for line in lines))
        assert told.count("returncode=0") == len(lines), told
        return told

    assert "It is handed out" in commands("release 01")
    answers = {ada: "ring_width = 5.0", bob: "ring_width = 2.5"}
    says = {ada: "right", bob: "keep working"}
    for student, answer in answers.items():
        assert student.does("fetch") == ["fetched"]
        path = f"{NAME}/ripples.ipynb"
        edition = nbformat.from_dict(student.file(path))
        solved = fill(edition, {"ring-width": answer})
        saved = student.ask("PUT", f"api/contents/{path}",
                            json={"type": "notebook", "content": solved})  # fmt: skip
        assert saved.status_code == 200, saved.text
        _, verdicts = student.run(*(one.source for one in solved.cells if one.cell_type == "code"))
        assert verdicts["ring-width"] == says[student]
        assert student.does("submit") == ["fetched", "submitted"]

    told = commands("collect 01", "autograde 01 --workers 1", "feedback 01", "return 01")
    assert sorted(one.name for one in (course / "submitted").iterdir()) == ["ada", "bob"]
    for words in ("2 collected", "2 submissions, 0 for a human", "2 pages written",
                  "2 pages given back"):  # fmt: skip
        assert words in told, told

    for student, points in {ada: 2, bob: 0}.items():
        student.does("fetch_feedback")
        (time_of_submission,) = student.file(f"{NAME}/feedback")
        page = student.file(f"{time_of_submission['path']}/ripples.html")
        assert f"{points} of 10 points so far" in page
        assert answers[student].replace("ring_width = ", "") in page


def test_what_is_missing_is_named(course, run, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    code, told = run("hub")
    assert code == 1 and "configurable-http-proxy, is not installed. Run `" in told
    assert "pip install -e '.[hub]'" in told
