"""JupyterHub's configuration for ``python -m grading hub``: everything on the loopback address."""

import os
import sys

from grading.jupyterhub.hub import INSTRUCTOR, Place

c = get_config()  # noqa: F821 - given by the loader
place = Place.of_this_process()

c.JupyterHub.bind_url = place.url
c.JupyterHub.hub_ip = "127.0.0.1"
c.JupyterHub.hub_port = place.hub_port
c.ConfigurableHTTPProxy.command = [place.proxy]
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{place.proxy_port}"
c.JupyterHub.db_url = f"sqlite:///{place.path('state', 'jupyterhub.sqlite')}"

# Two passwords: one for the instructor, one for all students, who take any other name.
c.JupyterHub.authenticator_class = "shared-password"
c.SharedPasswordAuthenticator.user_password = place.passwords["student"]
c.SharedPasswordAuthenticator.admin_password = place.passwords[INSTRUCTOR]
c.Authenticator.admin_users = {INSTRUCTOR}
c.Authenticator.allow_all = True

c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = str(place.path("homes", "{username}"))
c.Spawner.cmd = [sys.executable, "-m", "jupyterhub.singleuser"]
c.Spawner.args = ["--allow-root"] if os.getuid() == 0 else []
c.Spawner.default_url = "/lab"
c.Spawner.start_timeout = c.Spawner.http_timeout = 300


def prepare(spawner):
    """Give a server its folder, and what nbgrader shows to its role."""
    teacher = spawner.user.admin
    home = place.path("homes", spawner.user.name)
    home.mkdir(parents=True, exist_ok=True)
    spawner.notebook_dir = place.course if teacher else str(home)
    role = place.path(INSTRUCTOR if teacher else "student")
    spawner.environment = {"JUPYTER_CONFIG_PATH": str(role)}


c.Spawner.pre_spawn_hook = prepare
