"""Numbers in text: exactly so many, and a wrong one is named with its line."""

from pathlib import Path

import numpy as np
import pytest

from poseviewer.core.errors import LabelFileError
from poseviewer.io.motion_text import number_rows, numbers_of, text_lines

FILE = Path("walk.bvh")


def test_numbers_are_read() -> None:
    assert numbers_of("1 -2.5\t3e1", 3, "an OFFSET", FILE, 4) == [1, -2.5, 30]
    np.testing.assert_array_equal(number_rows([(1, "1 2"), (2, "3 4")], 2, "channels", FILE), [[1, 2], [3, 4]])


@pytest.mark.parametrize(
    ("text", "words"), [("1 2", "has 2"), ("1 2 x", "should be numbers"), ("1 2 nan", "should be numbers")]
)
def test_a_wrong_line_is_named(text: str, words: str) -> None:
    with pytest.raises(LabelFileError, match=rf"walk.bvh, line 7: .*{words}"):
        numbers_of(text, 3, "an OFFSET", FILE, 7)


@pytest.mark.parametrize(
    ("text", "words"), [("1", "1 numbers for 2 channels"), ("1 inf", "'inf' is not"), ("1 b", "'b' is not")]
)
def test_a_wrong_frame_is_named(text: str, words: str) -> None:
    with pytest.raises(LabelFileError, match=f"walk.bvh, line 9: .*{words}"):
        number_rows([(8, "1 2"), (9, text)], 2, "channels", FILE)


def test_letters_of_another_alphabet_do_not_matter_and_emptiness_does(tmp_path: Path) -> None:
    (tmp_path / "a.amc").write_bytes(b"# f\xfcr Bonn\r\n1\r\n")
    assert text_lines(tmp_path / "a.amc")[1] == "1"
    (tmp_path / "b.amc").write_bytes(b" \n")
    with pytest.raises(LabelFileError, match="is empty"):
        text_lines(tmp_path / "b.amc")
    with pytest.raises(LabelFileError, match="There is no file"):
        text_lines(tmp_path / "c.amc")
