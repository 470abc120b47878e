from collections.abc import Iterator

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets import TraitError
from traitlets.config import Config

from werkbook_ext.config import get_options


@pytest.fixture
def configured_shell() -> Iterator[InteractiveShell]:
    config = Config()
    config.HistoryManager.enabled = False
    config.Werkbook.port = 5001
    shell = InteractiveShell.instance(config=config)
    yield shell
    shell.restore_sys_module_state()
    InteractiveShell.clear_instance()


def test_options_of_is_one_object_a_shell(plain_shell: InteractiveShell) -> None:
    assert get_options(plain_shell) is get_options(plain_shell)


def test_options_come_from_configuration_files(
    configured_shell: InteractiveShell,
) -> None:
    assert get_options(configured_shell).port == 5001


def test_config_magic_sets_an_option(plain_shell: InteractiveShell) -> None:
    options = get_options(plain_shell)
    plain_shell.run_line_magic("config", "Werkbook.port = 5002")
    assert options.port == 5002


def test_options_refuse_what_is_no_port(plain_shell: InteractiveShell) -> None:
    with pytest.raises(TraitError):
        get_options(plain_shell).port = 70000
