"""The cache keeps what was used last, within its bytes."""

from __future__ import annotations

from poseviewer.io.frame_cache import FrameCache


def test_the_one_not_used_for_longest_leaves_first():
    cache: FrameCache[str] = FrameCache(30)
    for frame in range(3):
        cache.put(frame, str(frame), 10)
    assert cache.get(0) == "0"
    cache.put(3, "3", 10)
    assert [frame in cache for frame in range(4)] == [True, False, True, True]
    assert cache.bytes == 30 and cache.get(1) is None


def test_one_that_is_larger_than_everything_is_still_kept():
    cache: FrameCache[str] = FrameCache(30)
    cache.put(0, "small", 10)
    cache.put(1, "large", 100)
    assert (len(cache), cache.bytes, cache.get(1)) == (1, 100, "large")


def test_the_same_frame_again_replaces_it():
    cache: FrameCache[str] = FrameCache(30)
    cache.put(0, "old", 10)
    cache.put(0, "new", 20)
    assert (len(cache), cache.bytes, cache.get(0)) == (1, 20, "new")
    cache.clear()
    assert (len(cache), cache.bytes) == (0, 0)
