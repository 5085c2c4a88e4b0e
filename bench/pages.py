"""Requests a second of the rider pages, as a share of the floor's, under the same gunicorn on the same database."""

import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from statistics import median

PAGES = ["/", "/stations/", "/stations/lanyuan/", "/s/lanyuan/", "/report/"]
CLIENTS = 4
SECONDS = 3
ROUNDS = 3


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """gunicorn with one application, two sync-sized workers, on a free port, for as long as the block lasts."""

    def __init__(self, application):
        self.application, self.port = application, free_port()

    def __enter__(self):
        environment = os.environ | {"PORT": str(self.port)}
        command = [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", self.application]
        self.process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
        for _try in range(100):
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.2).close()
                return self
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(f"{self.application} did not start")

    def __exit__(self, *exc):
        self.process.terminate()
        self.process.wait()

    def requests_per_second(self, path):
        """How many good answers CLIENTS connections got in SECONDS, per second."""
        counts = []

        def client():
            connection = http.client.HTTPConnection("127.0.0.1", self.port)
            count, end = 0, time.monotonic() + SECONDS
            while time.monotonic() < end:
                connection.request("GET", path)
                answer = connection.getresponse()
                answer.read()
                if answer.status != 200:
                    raise RuntimeError(f"{path} answered {answer.status}")
                count += 1
            counts.append(count)

        threads = [threading.Thread(target=client) for _client in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if len(counts) != CLIENTS:
            raise RuntimeError(f"{path}: a client failed")
        return sum(counts) / SECONDS


def main():
    """Print the table; the budget is half the floor."""
    with Server("bench.floor") as floor, Server("station.wsgi") as site:
        floor.requests_per_second("/")  # warm up
        print(f"{'page':<24}{'req/s':>8}{'floor':>8}{'share':>8}   (budget 0.50)")
        for page in PAGES:
            site.requests_per_second(page)  # warm up
            pairs = [(site.requests_per_second(page), floor.requests_per_second("/")) for _round in range(ROUNDS)]
            share = median(ours / theirs for ours, theirs in pairs)
            print(f"{page:<24}{median(p[0] for p in pairs):>8.0f}{median(p[1] for p in pairs):>8.0f}{share:>8.2f}")
