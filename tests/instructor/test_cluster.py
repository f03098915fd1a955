"""A cluster: values with keys that the charts know, sizes from measured costs, Dask's keys."""

import asyncio
import re
import sys
import types

import dask
import pytest
import yaml
from distributed import Client, LocalCluster
from distributed.security import Security

from grading.course import REPOSITORY
from grading.jupyterhub.sizing import MEASURED, Cost, need

HERE = REPOSITORY / "grading/jupyterhub"
PAGE = (HERE / "README.md").read_text("utf-8")

# From the charts' own values and schemas; what stands below a * is passed on as it is.
KNOWN = {
    "jupyterhub": {
        "hub.config.*", "hub.services.*", "hub.extraConfig.*", "singleuser.image.name",
        "singleuser.image.tag", "singleuser.extraEnv.*", "singleuser.defaultUrl",
        "singleuser.cpu.guarantee", "singleuser.cpu.limit", "singleuser.memory.guarantee",
        "singleuser.memory.limit",
        "singleuser.storage.capacity", "singleuser.storage.extraVolumes",
        "singleuser.storage.extraVolumeMounts", "cull.enabled", "cull.timeout", "cull.every",
        "prePuller.continuous.enabled",
    },
    "dask-gateway": {
        "gateway.auth.type", "gateway.backend.image.name",
        "gateway.backend.image.tag", "gateway.backend.scheduler.cores.request",
        "gateway.backend.scheduler.cores.limit", "gateway.backend.scheduler.memory.request",
        "gateway.backend.scheduler.memory.limit", "gateway.backend.worker.cores.request",
        "gateway.backend.worker.cores.limit", "gateway.backend.worker.memory.request",
        "gateway.backend.worker.memory.limit", "gateway.backend.worker.threads",
        "gateway.backend.worker.extraContainerConfig.*", "traefik.service.type",
    },
}  # fmt: skip


class Strict(yaml.SafeLoader):
    """Refuses a key that stands twice, of which YAML would silently take the last."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key) for key, _ in node.value]
        assert len(keys) == len(set(keys)), f"twice the same key, {node.start_mark}"
        return super().construct_mapping(node, deep)


def values(chart):
    text = (HERE / f"cluster/{chart}-values.yaml").read_text("utf-8")
    return yaml.load(text, Loader=Strict)


def leaves(tree, *above):
    for key, below in tree.items():
        if isinstance(below, dict):
            yield from leaves(below, *above, key)
        else:
            yield ".".join([*above, key])


@pytest.mark.parametrize("chart", list(KNOWN))
def test_every_value_is_one_that_the_chart_knows(chart):
    free = [one.removesuffix("*") for one in sorted(KNOWN[chart]) if one.endswith("*")]
    for path in leaves(values(chart)):
        assert path in KNOWN[chart] or path.startswith(tuple(free)), path


def test_both_charts_agree_and_their_code_compiles():
    hub, gateway = values("jupyterhub"), values("dask-gateway")
    assert hub["singleuser"]["image"] == gateway["gateway"]["backend"]["image"]
    assert "dask-gateway" in hub["hub"]["services"]
    assert gateway["gateway"]["auth"]["type"] == "jupyterhub"
    for name, code in hub["hub"]["extraConfig"].items():
        compile(code, name, "exec")


def test_a_worker_has_the_memory_that_was_measured():
    worker = values("dask-gateway")["gateway"]["backend"]["worker"]
    assert worker["threads"] == worker["cores"]["limit"] == 1
    assert float(worker["memory"]["request"].removesuffix("G")) * 1000 > MEASURED.memory


# ------------------------------------------------------------------ sizing


def test_the_costs_are_those_of_the_page():
    told = [
        f"*s* = {MEASURED.seconds:g}", f"*a* = {MEASURED.start:g}",
        f"*e* = {MEASURED.efficiency:g}", f"{MEASURED.memory:g} MB",
    ]  # fmt: skip
    assert all(words in PAGE for words in told)


def test_fewest_workers_in_time():
    cost = Cost(seconds=1, efficiency=0.5, memory=500, start=0)
    assert need(3600, 1, cost).workers == 1
    assert need(3601, 1, cost).workers == 3  # two at half the speed do as much as one
    many = need(36_000, 1, cost)
    assert (many.workers, many.memory, many.minutes) == (20, 10, 60)
    for submissions in (1, 100, 5_000, 10_000, 77_777):
        found = need(submissions, 1)
        assert found.minutes <= 60
        if found.workers > 2:
            each = 3600 - MEASURED.start
            done = (found.workers - 1) * MEASURED.efficiency * each / MEASURED.seconds
            assert done < submissions, "one fewer would do"


@pytest.mark.parametrize("submissions, hours", [(0, 1), (10, 0), (10, 0.001)])
def test_what_cannot_be_is_refused(submissions, hours, run):
    code, told = run("sizing", "--submissions", submissions, "--hours", hours)
    assert code == 1 and "Not done." in told


def test_the_table_of_the_page_is_computed(run):
    table = PAGE.split("## How many cores")[1]
    rows = re.findall(r"^\| ([\d,]+) \| ([\d.]+) h \| (\d+) \| ([\d.]+) GB \| (\d+) min \|$", table,
                      flags=re.MULTILINE)  # fmt: skip
    assert ("10,000", "1") in {row[:2] for row in rows}
    for submissions, hours, workers, memory, minutes in rows:
        count = int(submissions.replace(",", ""))
        found = need(count, float(hours))
        assert (found.workers, f"{found.memory:.1f}", f"{found.minutes:.0f}") == (
            int(workers), memory, minutes,
        )  # fmt: skip
        code, told = run("sizing", "--submissions", count, "--hours", hours)
        assert code == 0 and f"{workers} workers, a core each, and {memory} GB" in told


# ------------------------------------------------------------------ Dask Gateway


def test_a_client_gets_the_keys_of_its_cluster(monkeypatch):
    """Only the gateway's answer is made up; scheduler, keys and client are Dask's own."""
    keys = Security.temporary()
    asked = []

    class Gateway:
        def __enter__(self):
            return self

        def __exit__(self, *error):
            pass

        def get_cluster(self, name):
            asked.append(name)
            return types.SimpleNamespace(security=keys)

    monkeypatch.setitem(sys.modules, "dask_gateway", types.SimpleNamespace(Gateway=Gateway))
    setting = re.search(r"DASK_(DISTRIBUTED__CLIENT__SECURITY_LOADER)=(\S+)", PAGE)
    name = setting[1].lower().replace("__", ".")

    async def add():
        cluster = LocalCluster(n_workers=1, processes=False, protocol="tls://", security=keys,
                               dashboard_address=None, asynchronous=True)  # fmt: skip
        async with cluster, Client(cluster.scheduler_address, asynchronous=True) as client:
            return cluster.scheduler_address, await client.submit(sum, [1, 2])

    with dask.config.set({name: setting[2]}):
        address, total = asyncio.run(add())
    assert total == 3
    assert asked == [address.removeprefix("tls://")]
