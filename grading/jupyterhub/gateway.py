"""Lets ``python -m grading autograde --scheduler gateway://...`` into a cluster of Dask Gateway.

Such a cluster has keys of its own, which Dask asks for through its setting
``distributed.client.security-loader``; see README.md beside this file.
"""

from __future__ import annotations

from distributed.security import Security


def security(about: dict[str, str]) -> Security:
    """Return the keys of a cluster of Dask Gateway.

    Parameters
    ----------
    about
        From Dask: ``address`` is the scheduler's, which ends in the name of the cluster.
    """
    # Its import is also what teaches Dask addresses that begin with gateway://.
    from dask_gateway import Gateway

    name = about["address"].rstrip("/").rpartition("/")[2]
    with Gateway() as gateway:
        return gateway.get_cluster(name).security
