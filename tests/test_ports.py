"""The ports of kernels in tests that run side by side."""

from __future__ import annotations

import socket

from tests.ports import FIRST_PORT, PORTS, find_port


def test_each_process_has_a_range_of_its_own() -> None:
    found = {worker: find_port(worker) for worker in ("gw0", "gw1", "gw2")}
    assert [(port - FIRST_PORT) // PORTS for port in found.values()] == [0, 1, 2]


def test_port_that_is_taken_is_passed_over() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", find_port("gw0")))
        found = [find_port("gw0") for _ in range(PORTS - 1)]
        assert taken.getsockname()[1] not in found
