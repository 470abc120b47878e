import pytest
from IPython.core.interactiveshell import InteractiveShell

from werkbook_ext.notebook.environment import (
    KernelEnvironment,
    detect_environment,
    hub_prefix,
)


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


@pytest.mark.parametrize(
    ("variable", "has_proxy", "url"),
    [
        ("/user/ann/", True, "/user/ann/proxy/5000/"),
        ("/user/ann/", False, "/user/ann/proxy/5000/"),
        ("/user/ann", True, "/user/ann/proxy/5000/"),
        ("/hub/user/ann%40b/", True, "/hub/user/ann%40b/proxy/5000/"),
        ("/", True, "/proxy/5000/"),
        ("", True, "http://127.0.0.1:5000/"),
        ("", False, "http://127.0.0.1:5000/"),
    ],
)
def test_one_function_decides_the_address(
    variable: str, has_proxy: bool, url: str
) -> None:
    """A hub's prefix is believed; what stands beside the kernel does not count."""
    prefix = hub_prefix({"JUPYTERHUB_SERVICE_PREFIX": variable})
    environment = KernelEnvironment("JupyterHub", prefix, True, has_proxy)
    assert environment.url("127.0.0.1", 5000) == url


def test_url_is_direct_elsewhere() -> None:
    here = KernelEnvironment("JupyterLab", None, True, True)
    assert here.url("127.0.0.1", 5000) == "http://127.0.0.1:5000/"
    assert here.url("::1", 5000) == "http://[::1]:5000/"
