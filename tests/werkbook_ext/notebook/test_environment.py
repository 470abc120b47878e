import pytest
from IPython.core.interactiveshell import InteractiveShell

from werkbook_ext.notebook.environment import KernelEnvironment, detect_environment


@pytest.fixture
def notebook_shell(
    plain_shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> InteractiveShell:
    monkeypatch.setattr(plain_shell, "kernel", object(), raising=False)
    return plain_shell


def test_terminal(plain_shell: InteractiveShell) -> None:
    assert detect_environment(plain_shell, {}).front_end == "terminal"


@pytest.mark.parametrize(
    ("environ", "front_end"),
    [
        ({}, "Jupyter"),
        ({"VSCODE_PID": "1"}, "VS Code"),
        ({"BINDER_SERVICE_HOST": "b", "JUPYTERHUB_SERVICE_PREFIX": "/u/"}, "Binder"),
        ({"JUPYTERHUB_SERVICE_PREFIX": "/u/"}, "JupyterHub"),
        ({"JPY_PARENT_PID": "none"}, "Jupyter"),
    ],
)
def test_front_end(
    notebook_shell: InteractiveShell, environ: dict[str, str], front_end: str
) -> None:
    assert detect_environment(notebook_shell, environ).front_end == front_end


def test_url_goes_through_the_proxy_of_a_hub() -> None:
    hub = KernelEnvironment("JupyterHub", "/user/ann/", True, True)
    assert hub.url("127.0.0.1", 5000) == "/user/ann/proxy/5000/"


def test_url_is_direct_elsewhere() -> None:
    here = KernelEnvironment("JupyterLab", None, True, True)
    assert here.url("127.0.0.1", 5000) == "http://127.0.0.1:5000/"
    assert here.url("::1", 5000) == "http://[::1]:5000/"
