from __future__ import annotations

import signal

import pytest

from poseviewer.cli.stopping import stop_wanted


def test_the_first_ctrl_c_is_noted_and_the_second_ends(capsys: pytest.CaptureFixture[str]) -> None:
    before = signal.getsignal(signal.SIGINT)

    with stop_wanted("Stopping ...") as wanted:
        assert not wanted
        signal.raise_signal(signal.SIGINT)
        assert wanted
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)

    assert signal.getsignal(signal.SIGINT) is before
    assert capsys.readouterr().err == "\nStopping ...\n"


def test_a_schedulers_request_is_as_good() -> None:
    with stop_wanted("Stopping ...") as wanted:
        signal.raise_signal(signal.SIGTERM)
        assert wanted == [signal.SIGTERM]
