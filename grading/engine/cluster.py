"""Many workers: a Dask cluster of its own, or any that exists.

A task is a pure function of bytes: the assignment and one submission in, marks and the executed
notebooks out. It writes nowhere, so a task of a worker that was killed can be done again elsewhere.
"""

from __future__ import annotations

import contextlib
import functools
import json
import logging
import os
import threading
from collections.abc import Iterator
from typing import Any

from grading.engine.assignment import Assignment
from grading.engine.sandbox import Limits
from grading.engine.station import Station, StationFailed

#: Submissions that are graded without a rehearsal: for so few it does not pay.
ALONE = 2


class Stations:
    """The stations of this process, one for each thread that grades at the same time.

    The first one of an assignment loads its modules; the others are copies of it.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.key: tuple = ()
        self.is_ready = False
        self.all: list[Station] = []
        self.idle: list[Station] = []

    def prepare(
        self, assignment: Assignment, limits: Limits, confined: bool, many: bool = True
    ) -> None:
        """Have a warm process ready for an assignment; one for another assignment is ended.

        Parameters
        ----------
        assignment, limits, confined
            As for :class:`~grading.engine.station.Station`.
        many
            False for one or two submissions.
        """
        with self.lock:
            self._start(assignment, limits, confined)
            if not self.is_ready:
                try:
                    self.all[0].make_ready(rehearse=many)
                except BaseException:
                    self._close()
                    raise
                self.is_ready, self.idle = True, self.all[:1]

    def start(self, assignment: Assignment, limits: Limits, confined: bool) -> None:
        """Begin what :meth:`prepare` will finish.

        To be called by a thread that lives as long as the stations: bubblewrap ends the warm
        process with the thread that has started it.
        """
        with self.lock:
            self._start(assignment, limits, confined)

    def _start(self, assignment: Assignment, limits: Limits, confined: bool) -> None:
        key = (assignment, limits, confined)
        if self.key == key and self.all and self.all[0].alive:
            return
        self._close()
        self.key, self.all = key, [Station(assignment, limits, confined)]

    def take(self) -> Station:
        """Return a station that nobody else uses."""
        with self.lock:
            if self.idle:
                return self.idle.pop()
            if not self.all:
                raise StationFailed("The warm process was ended.")
            self.all.append(self.all[0].split())
            return self.all[-1]

    def give_back(self, station: Station) -> None:
        """Let others use a station."""
        with self.lock:
            if station in self.all:
                self.idle.append(station)
            else:
                station.close()

    def close(self) -> None:
        """End the warm processes of this process."""
        with self.lock:
            self._close()

    def _close(self) -> None:
        for station in reversed(self.all):
            if station in self.idle or not self.is_ready:
                station.close()
            else:
                # Who uses it will notice, and give it back to be closed.
                station.process.kill()
        self.all, self.idle, self.is_ready = [], [], False


STATIONS = Stations()


def close_stations() -> None:
    """End the warm processes of this process."""
    STATIONS.close()


@functools.lru_cache(maxsize=2)
def _assignment(data: bytes) -> Assignment:
    """Read an assignment that comes with every task."""
    return Assignment.from_bytes(data)


def grade_task(
    assignment: bytes, limits: str, confined: bool, many: bool, notebooks: dict, files: dict
) -> dict[str, Any]:
    """Grade one submission in a worker; bytes in, bytes and plain data out."""
    what = _assignment(assignment), Limits(**json.loads(limits)), confined, many
    try:
        return _grade(what, notebooks, files)
    except StationFailed:
        # The warm process itself has gone; a fresh one gets the submission once more.
        return _grade(what, notebooks, files)


def _grade(what: tuple, notebooks: dict, files: dict) -> dict[str, Any]:
    STATIONS.prepare(*what)
    station = STATIONS.take()
    try:
        return station.grade(notebooks, files)
    finally:
        STATIONS.give_back(station)


def same(data: bytes) -> bytes:
    """Return ``data``: a task whose result any worker can make again, unlike scattered data."""
    return data


class Alone:
    """Grades in this process, without Dask: for one worker and for tests."""

    def __init__(
        self, assignment: Assignment, limits: Limits, confined: bool, many: bool = True
    ) -> None:
        self.arguments = (assignment.to_bytes(), limits.to_json(), confined, many)

    def results(self, jobs: Iterator[tuple[str, dict, dict]]) -> Iterator[tuple[str, Any]]:
        """Yield (student, results or exception) one after another."""
        for student, notebooks, files in jobs:
            try:
                yield student, grade_task(*self.arguments, notebooks, files)
            except Exception as error:
                yield student, error

    def close(self) -> None:
        """End the warm process."""
        close_stations()


class Cluster:
    """Grades on a Dask cluster: one of this process, or any that exists.

    The workers of the local one are threads. They only wait: the work is done by the warm process
    of each, behind the walls, and those share their memory.

    Parameters
    ----------
    assignment, limits, confined, many
        As for :meth:`Stations.prepare`.
    workers
        Number of local workers, used when ``scheduler`` is None.
    scheduler
        Address of an existing scheduler, for example ``tcp://10.0.0.5:8786``.
    """

    def __init__(
        self,
        assignment: Assignment,
        limits: Limits,
        confined: bool,
        many: bool,
        workers: int,
        scheduler: str | None = None,
    ) -> None:
        self.local = None
        blob = assignment.to_bytes()
        self.rest = (limits.to_json(), confined, many)
        if scheduler is None:
            # The modules of the course are loaded while this process loads Dask.
            what = (_assignment(blob), limits, confined)
            STATIONS.start(*what)
            threading.Thread(target=_prepare_early, args=(*what, many), daemon=True).start()
            self.local = _local_cluster(workers)
        from distributed import Client

        # That a connection has closed is said with a traceback, and means nothing to an instructor.
        logging.getLogger("distributed.batched").setLevel(logging.ERROR)
        self.client = Client(self.local or scheduler, timeout="30s")
        self.blob = self.client.submit(same, blob, pure=False)

    def results(self, jobs: Iterator[tuple[str, dict, dict]]) -> Iterator[tuple[str, Any]]:
        """Yield (student, results or exception) as they are finished.

        At most a few tasks per worker are under way, so that a large class does not have to fit
        into memory.
        """
        from distributed import as_completed

        lanes = max(4, 3 * len(self.client.scheduler_info(n_workers=-1)["workers"]))
        students: dict[Any, str] = {}
        queue = as_completed([], with_results=False)

        def submit_one() -> None:
            job = next(jobs, None)
            if job is not None:
                student, notebooks, files = job
                future = self.client.submit(
                    grade_task,
                    self.blob,
                    *self.rest,
                    notebooks,
                    files,
                    pure=False,
                    retries=2,
                )
                students[future] = student
                queue.add(future)

        for _ in range(lanes):
            submit_one()
        while students:
            future = next(queue)
            student = students.pop(future)
            submit_one()
            try:
                yield student, future.result()
            except Exception as error:
                yield student, error
            finally:
                future.release()

    def close(self) -> None:
        """Leave the cluster; end it if it is ours."""
        with contextlib.suppress(Exception):
            self.client.run(close_stations, on_error="ignore")
        self.client.close()
        if self.local is not None:
            self.local.close()


def _prepare_early(*what: Any) -> None:
    """Have the warm process ready; the first task that needs it hears of what goes wrong."""
    with contextlib.suppress(Exception):
        STATIONS.prepare(*what)


#: What the local cluster of Dask does not need: it would watch itself a hundred times a second, and
#: show pages about itself to the network.
_DASK = {
    # A worker whose student dies is no reason to give up on it.
    "distributed.scheduler.allowed-failures": 5,
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.system-monitor.interval": "10s",
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
}


def _local_cluster(workers: int) -> Any:
    import dask
    from distributed import LocalCluster

    dask.config.set(_DASK)
    # Dask insists on its web servers; they show nothing, and that to this machine only.
    return LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=False,
        dashboard_address="127.0.0.1:0",
        worker_dashboard_address="127.0.0.1:0",
        scheduler_kwargs={"dashboard": False},
        memory_limit=0,
        silence_logs=logging.ERROR,
    )


def cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
