"""The private Slurm leaves nothing behind, however the process that has started it ends. Exit code 77: no Slurm."""

import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from cluster import SCRIPT, Cluster, alive, main

OWNER = """
import sys
from concurrent.futures import ThreadPoolExecutor
from cluster import Cluster
cluster = Cluster(sys.argv[1], nodes=1)
job = cluster.login("sbatch", "--parsable", "--output=/dev/null", "--wrap", "sleep 600").strip()
cluster.until(lambda: "sleep" in str([open(f"/proc/{pid}/comm").read() for pid in cluster.processes()]), "the job")
print(*cluster.processes(), flush=True)
with ThreadPoolExecutor() as pool:
    pool.submit(cluster.ended, job, 600)
"""


class EndOfTheOwner(unittest.TestCase):
    def test_nothing_is_left_when_the_owner_ends(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            with self.subTest(number.name), tempfile.TemporaryDirectory(prefix="bimetal_cluster_") as place:
                with subprocess.Popen([sys.executable, "-c", OWNER, f"{place}/cluster"], cwd=Path(__file__).parent,
                                      stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as owner:
                    processes = [int(pid) for pid in owner.stdout.readline().split()]
                    time.sleep(0.5)
                    os.kill(owner.pid, number)
                    begin = time.monotonic()
                self.assertLess(time.monotonic() - begin, 30)
                self.assertGreater(len(processes), 5)
                deadline = time.monotonic() + 20
                while (left := alive(processes)) and time.monotonic() < deadline:
                    time.sleep(0.05)
                self.assertEqual(left, [])

    def setUp(self):
        with tempfile.TemporaryDirectory(prefix="bimetal_cluster_") as place:
            cluster = Cluster(f"{place}/cluster", nodes=1)  # or the test is skipped
            self.assertEqual(cluster.stop(), [])


class Login(unittest.TestCase):
    def test_a_host_that_is_gone_runs_nothing(self):
        with tempfile.TemporaryDirectory(prefix="bimetal_cluster_") as place:
            (Path(place) / "pids").mkdir()
            (Path(place) / "mode").write_text("namespaces\n", encoding="utf-8")
            (Path(place) / "environment.sh").touch()
            result = subprocess.run([str(SCRIPT), "login", place, "echo", "out here"], capture_output=True, text=True,
                                    timeout=60, check=False)
            self.assertEqual((result.returncode, result.stdout), (1, ""))
            self.assertIn("host login is gone", result.stderr)


if __name__ == "__main__":
    main()
