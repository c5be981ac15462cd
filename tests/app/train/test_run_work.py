"""The work of a run without a window: what it asks of the system, and what the last wish is."""

from __future__ import annotations

import os
import sys
import threading

import pytest

from poseviewer.app.train.run_work import NICE, Control, Wish, give_way


def test_the_last_wish_counts_but_nothing_comes_back_from_being_discarded() -> None:
    control = Control()
    assert control.wish is Wish.TRAIN
    control.set(Wish.PAUSE)
    control.set(Wish.STOP)
    assert control.wish is Wish.STOP
    control.set(Wish.DISCARD)
    control.set(Wish.PAUSE)
    assert control.wish is Wish.DISCARD


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has priorities of single threads")
def test_the_thread_that_trains_gives_way_and_no_other() -> None:
    def nice() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    before, found = nice(), []

    def work() -> None:
        give_way()
        found.append(nice())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()

    give_way()

    assert found == [min(19, before + NICE)]
    assert nice() == before  # of the window's thread, though it asked too
