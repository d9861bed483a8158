"""JupyterHub for a class, on one Linux machine.

As root:    jupyterhub -f classroom/jupyterhub_config.py
To try it:  HUB_TRIAL=1 jupyterhub -f classroom/jupyterhub_config.py    (any user, no password)

Every student is a user of the machine (`adduser ada`), or, with The Littlest JupyterHub, one that
it makes: there, put the lines of "Limits" and "Threads" into a file of
/opt/tljh/config/jupyterhub_config.d/ and leave out the rest.
"""

import os
import sys
from pathlib import Path

c = get_config()  # noqa: F821

TRIAL = os.environ.get("HUB_TRIAL") == "1"
"""Tried on a machine of one's own: a name is enough, and all servers run as its owner."""

# Who may come in.  Plain JupyterHub asks the machine's own passwords (PAM).
c.Authenticator.allow_all = True
c.Authenticator.admin_users = {"teacher"}
if TRIAL:
    c.JupyterHub.authenticator_class = "dummy"
    c.JupyterHub.spawner_class = "simple"
    c.JupyterHub.bind_url = "http://127.0.0.1:8000"
else:
    c.JupyterHub.spawner_class = os.environ.get("HUB_SPAWNER", "systemd")

# Limits of one student.  LocalProcessSpawner promises them and keeps none; SystemdSpawner, which
# TLJH uses, lets the kernel keep them.  A chapter of the book needs well under 1 GB.
c.Spawner.mem_limit = "2G"
c.Spawner.cpu_limit = 1.0
c.SystemdSpawner.mem_limit = "2G"
c.SystemdSpawner.cpu_limit = 1.0
c.SystemdSpawner.isolate_tmp = True
c.SystemdSpawner.dynamic_users = False

# Threads.  Left alone, each kernel starts a BLAS thread for each core of the machine; on a shared
# machine they wait for each other.
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
c.Spawner.environment = ONE_THREAD

# Where they land, and the Python that has `rnnlib`: the one that runs the hub.
c.Spawner.default_url = "/lab"
c.Spawner.cmd = [str(Path(sys.executable).with_name("jupyterhub-singleuser"))]

# A server that nobody has used for an hour ends, and a kernel with it.  Files stay.
c.Spawner.args = [
    "--ServerApp.shutdown_no_activity_timeout=3600",
    "--MappingKernelManager.cull_idle_timeout=1800",
]
if TRIAL:
    c.Spawner.args += ["--allow-root"]
c.JupyterHub.active_server_limit = 60
c.JupyterHub.concurrent_spawn_limit = 10
