"""Many workers: a Dask cluster of its own, or any that exists.

A task is a pure function of bytes: the assignment and one submission in, marks and the executed
notebooks out. It writes nowhere, so a task of a worker that was killed can be done again elsewhere.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
from collections.abc import Iterator
from typing import Any

from grading.engine.assignment import Assignment
from grading.engine.sandbox import Limits
from grading.engine.station import Station, StationFailed

_stations: dict[tuple[str, str, bool], Station] = {}


def station_for(assignment: Assignment, limits: Limits, confined: bool) -> Station:
    """Return this process's station for an assignment; starting one ends the one before."""
    key = (assignment.hash(), limits.to_json(), confined)
    station = _stations.get(key)
    if station is None or station.process.poll() is not None:
        close_stations()
        station = _stations[key] = Station(assignment, limits, confined)
    return station


def close_stations() -> None:
    """End the warm processes of this process."""
    while _stations:
        _stations.popitem()[1].close()


def grade_task(
    assignment: bytes, limits: str, confined: bool, notebooks: dict, files: dict
) -> dict[str, Any]:
    """Grade one submission in a worker; bytes in, bytes and plain data out."""
    what = Limits(**json.loads(limits))
    station = station_for(Assignment.from_bytes(assignment), what, confined)
    try:
        return station.grade(notebooks, files)
    except StationFailed:
        # The warm process itself has gone; a fresh one gets the submission once more.
        close_stations()
        return station_for(Assignment.from_bytes(assignment), what, confined).grade(
            notebooks, files
        )


def same(data: bytes) -> bytes:
    """Return ``data``: a task whose result any worker can make again, unlike scattered data."""
    return data


class Alone:
    """Grades in this process, without Dask: for one worker and for tests."""

    def __init__(self, assignment: Assignment, limits: Limits, confined: bool) -> None:
        self.arguments = (assignment.to_bytes(), limits.to_json(), confined)

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
    """Grades on a Dask cluster.

    Parameters
    ----------
    assignment, limits, confined
        As for :class:`~grading.engine.station.Station`.
    workers
        Number of local worker processes, used when ``scheduler`` is None.
    scheduler
        Address of an existing scheduler, for example ``tcp://10.0.0.5:8786``.
    """

    def __init__(
        self,
        assignment: Assignment,
        limits: Limits,
        confined: bool,
        workers: int,
        scheduler: str | None = None,
    ) -> None:
        import dask
        from distributed import Client, LocalCluster

        self.local = None
        if scheduler is None:
            # A worker whose student dies is no reason to give up on it.
            dask.config.set({"distributed.scheduler.allowed-failures": 5})
            self.local = LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                processes=True,
                dashboard_address=None,
                host="127.0.0.1",
                memory_limit=0,
                silence_logs=logging.ERROR,
            )
        self.client = Client(self.local or scheduler, timeout="30s")
        self.limits = limits.to_json()
        self.confined = confined
        self.blob = self.client.submit(same, assignment.to_bytes(), pure=False)

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
                    self.limits,
                    self.confined,
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


def cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
