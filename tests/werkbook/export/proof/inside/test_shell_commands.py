"""What a notebook tells the system's shell."""

from __future__ import annotations

import pytest

from werkbook.export.proof.inside import shell_commands as commands


@pytest.mark.parametrize(
    "command",
    [
        "pip install flask",
        "  pip3 install -q a b",
        "python -m pip install x",
        "sudo apt-get install ngrok",
        "conda install y",
        "wget https://example.org/x.zip",
        "git clone https://example.org/x",
        "ngrok http 5000",
        "pip install a\npip install b",
    ],
)
def test_what_installs_or_opens_a_tunnel_is_not_run(command: str) -> None:
    """A proof changes nothing of the machine."""
    assert commands.is_skipped(command)
    assert commands.run(command) == (0, "")


@pytest.mark.parametrize("command", ["ls", "pip list", "python app.py", "mkdir data"])
def test_other_commands_are_run(command: str) -> None:
    """They may make what the app reads."""
    assert not commands.is_skipped(command)


def test_a_command_gives_its_output_and_status() -> None:
    """Standard error comes along."""
    assert commands.run("echo one; echo two >&2; exit 3") == (3, "one\ntwo\n")
