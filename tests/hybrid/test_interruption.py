"""Signals as a wish to stop: noted once, exit codes by convention, handlers given back."""

from __future__ import annotations

import os
import signal

import pytest

from hybrid.interruption import interruptible


def test_nothing_is_noted_without_a_signal() -> None:
    with interruptible() as interruption:
        assert not interruption()
        assert interruption.exit_code is None


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_is_noted_and_the_body_goes_on(number: int, code: int) -> None:
    before = signal.getsignal(number)
    with interruptible() as interruption:
        os.kill(os.getpid(), number)
        assert interruption()
        assert interruption.exit_code == code
    assert signal.getsignal(number) is before


def test_a_second_signal_meets_the_handler_that_stood_before() -> None:
    with interruptible() as interruption:
        os.kill(os.getpid(), signal.SIGINT)
        assert interruption()
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)


def test_handlers_are_given_back_when_the_body_raises() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(LookupError), interruptible():
        raise LookupError
    assert signal.getsignal(signal.SIGTERM) is before
