"""Registrations by their containers, and what happens to several containers."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter

from .registration import Container, Registration


def find_containers(*groups: Iterable[Registration]) -> list[Container]:
    """Return the containers of registrations, each once."""
    found: dict[int, Container] = {}
    for group in groups:  # without a step of Python's for each of thousands
        containers = list(map(_container, group))
        found.update(zip(map(id, containers), containers, strict=True))
    return list(found.values())


_container = attrgetter("container")


def group_by_container(
    registrations: Iterable[Registration],
) -> list[list[Registration]]:
    """Return registrations in groups, one for each container."""
    groups: dict[int, list[Registration]] = {}
    for registration in registrations:
        key = id(registration.container)
        group = groups.get(key)
        if group is None:
            group = groups[key] = []
        group.append(registration)
    return list(groups.values())


def touch(containers: Iterable[Container]) -> None:
    """Tell the homes of containers that something changed there."""
    for container in containers:
        container.home.touch(container.kind)


def end_runs(containers: Iterable[Container]) -> None:
    """Tell the homes of containers, each once, that a run has ended."""
    for home in {id(one.home): one.home for one in containers}.values():
        home.run_ended()
