"""Whether other people are on this machine."""

import os
from pathlib import Path

import pytest

from werkbook.serving.access import sharing


@pytest.mark.parametrize(
    ("owners", "is_shared"),
    [
        (set(), False),
        ({0, 33, 1000}, False),
        ({0, 1000, 1001}, True),
        ({0, 1000, 65534}, False),
        ({0, 1000, 100_000}, False),
    ],
)
def test_people_are_told_from_services(
    monkeypatch: pytest.MonkeyPatch, owners: set[int], is_shared: bool
) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 1000)
    monkeypatch.setattr(sharing, "_process_owners", lambda: owners)
    assert sharing.is_shared_host() is is_shared


def test_accounts_count_where_processes_are_hidden(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 1000)
    monkeypatch.setattr(sharing, "_hides_processes", lambda owners: True)
    monkeypatch.setattr(sharing, "_process_owners", lambda: {1000})
    monkeypatch.setattr(sharing, "_account_ids", lambda: [0, 1000, 65534])
    assert not sharing.is_shared_host()
    monkeypatch.setattr(sharing, "_account_ids", lambda: [0, 1000, 1001])
    assert sharing.is_shared_host()


def test_accounts_have_a_login_shell(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    text = (
        "root:x:0:0:root:/root:/bin/bash\n"
        "daemon:x:1:1::/:/usr/sbin/nologin\n"
        "ann:x:1000:1000::/home/ann:/bin/bash\n"
        "gone:x:1001:1001::/home/gone:/bin/false\n"
        "not a line\n"
    )
    (tmp_path / "passwd").write_text(text)
    monkeypatch.setattr(sharing, "PASSWD", tmp_path / "passwd")
    assert sharing._account_ids() == [0, 1000]
    monkeypatch.setattr(sharing, "PASSWD", tmp_path / "none")
    assert sharing._account_ids() == []


def test_own_processes_are_seen() -> None:
    assert os.getuid() in sharing._process_owners()
