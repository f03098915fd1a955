"""JupyterHub for the course: a hub on one machine, and what a cluster needs."""
