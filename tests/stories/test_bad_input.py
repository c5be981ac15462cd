"""Whatever is given to the window, it says in one sentence what is wrong and what to do, loses nothing and goes on."""

from __future__ import annotations

import errno
import shutil
import sqlite3
import struct
import zlib
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from poseviewer.app import open_dialogs
from poseviewer.app.media.timeline import Track
from poseviewer.core import edits
from poseviewer.core.pose import Pose2D
from poseviewer.io.label_files import read_labels
from poseviewer.io.label_import import labels_to_project_edit
from poseviewer.io.project_file import ProjectFile
from poseviewer.io.project_lock import ProjectLock
from poseviewer.io.resources import resource

CORNERS = ((100, 80), (300, 90), (120, 220), (290, 230))


def is_one_sentence(text: str, name: str) -> bool:
    """It names the file, goes on to say what to do, and has nothing of Python in it."""
    cure = max(text.find(";"), text.find(": "))
    foreign = ("Traceback", "Error:", "Exception", "errno", "assert", "0x", "\n")
    return name in text and 0 < cure < len(text) - 10 and text.endswith(".") and not any(w in text for w in foreign)


def open_by_menu(person, monkeypatch: pytest.MonkeyPatch, *paths: Path) -> str:
    """Ctrl+O; what the window then says across its top."""
    person.window.notice_bar.hide()
    monkeypatch.setattr(open_dialogs, "ask_anything", lambda *_: [str(p) for p in paths])
    person.presses("Ctrl+O")
    person.waits_for(lambda: bool(person.window.notice_bar.text))
    return person.window.notice_bar.text


def click_corners(person, count: int = 4) -> np.ndarray:
    for x, y in CORNERS[:count]:
        person.clicks(x, y)
    return person.pose.keypoints.copy()


def goes_on(person) -> None:
    """A click is a keypoint, the pose is lifted, and undo takes the click back."""
    before = person.pose
    person.clicks(200, 150)
    assert person.pose.present_count == before.present_count + 1
    person.sees_3d()
    person.presses("Ctrl+Z")
    assert person.pose == before


@pytest.fixture
def video(tmp_path: Path) -> Path:
    """Forty frames of 96 x 64, every tenth a keyframe, each a grey of its own."""
    path = tmp_path / "clip.mkv"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=20, options={"x264-params": "keyint=10:scenecut=0:bframes=0"})
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        noise = np.random.default_rng(0).integers(0, 40, (64, 96, 3), dtype=np.uint8)
        for number in range(40):
            frame = av.VideoFrame.from_ndarray(noise + np.uint8(5 * number), format="rgb24")
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def bad_media(folder: Path) -> list[Path]:
    """What people have on their disks: none of it can be opened."""
    folder.mkdir()
    noise = np.random.default_rng(0).bytes(5000)
    contents = {
        "empty.mp4": b"",
        "notes.mp4": b"These are the notes of the experiment.\n" * 50,
        "stopped.mp4": struct.pack(">I4s4s4x", 16, b"ftyp", b"isom") + struct.pack(">I4s", 99_999, b"mdat") + noise,
        "noise.avi": noise,
        "noise.mkv": b"\x1a\x45\xdf\xa3" + noise,
        "empty.png": b"",
        "notes.jpg": b"These are the notes of the experiment.\n" * 50,
        "header only.png": b"\x89PNG\r\n\x1a\n" + bytes(8),
        "notes.txt": b"These are the notes of the experiment.\n",
        "notes.poseproj": b"These are the notes of the experiment.\n",
        "empty.poseproj": b"",
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    (folder / "no images here").mkdir()
    return [*sorted(folder.iterdir()), folder / "nothing.mp4", folder / "nothing.poseproj"]


def test_media_and_projects_that_cannot_be_opened(sit_down, photo, tmp_path, monkeypatch):
    person = sit_down()
    for path in bad_media(tmp_path / "bad"):
        sentence = open_by_menu(person, monkeypatch, path)
        assert is_one_sentence(sentence, path.name), sentence
        assert person.window.workspace is None, "still on the start page"
        assert person.window.status.currentMessage() == "", "nothing is being read any more"

    person.begins_with(photo)
    keypoints = click_corners(person)
    for path in bad_media(tmp_path / "bad again"):
        sentence = open_by_menu(person, monkeypatch, path)
        assert is_one_sentence(sentence, path.name), sentence
        np.testing.assert_array_equal(person.pose.keypoints, keypoints)
    assert len(person.window.opening.document.project.media) == 1
    goes_on(person)
    person.closes()

    person = sit_down()
    person.opens_recent()
    np.testing.assert_array_equal(person.pose.keypoints, keypoints)


def test_good_media_beside_bad_ones_are_opened(sit_down, photo, tmp_path, monkeypatch):
    bad = bad_media(tmp_path / "bad")[0]
    person = sit_down()
    sentence = open_by_menu(person, monkeypatch, bad, photo)
    assert is_one_sentence(sentence, bad.name)
    person.waits_for(lambda: person.window.workspace is not None and person.workspace.selection.frame is not None)
    click_corners(person)
    goes_on(person)


def test_a_video_that_breaks_off_shows_what_is_there(sit_down, video, monkeypatch):
    whole = video.read_bytes()
    video.write_bytes(whole[: int(len(whole) * 0.7)])
    person = sit_down()
    sentence = open_by_menu(person, monkeypatch, video)
    assert is_one_sentence(sentence, "clip.mkv") and "frames are there" in sentence
    person.waits_for(lambda: person.workspace.selection.frame is not None)
    count = person.window.opening.document.project.media[0].frame_count
    assert 10 < count < 40
    person.clicks(30, 30)
    person.presses("End")
    person.waits_for(lambda: person.workspace.selection.frame.frame == count - 1)
    person.presses("Home")
    person.waits_for(lambda: person.workspace.selection.frame.frame == 0)
    assert person.pose.present_count == 1


def test_a_damaged_frame_is_named_and_the_others_are_shown(sit_down, video, monkeypatch):
    with av.open(str(video)) as container:
        packets = [(p.pos, p.size) for p in container.demux(video=0) if p.size]
    data = bytearray(video.read_bytes())
    end, size = packets[13][0], packets[12][1]
    data[end - size : end] = bytes(size)
    video.write_bytes(data)
    person = sit_down()
    person.begins_with(video)
    workspace = person.workspace
    workspace.frames.show_frame(12)
    person.waits_for(lambda: workspace.selection.frame.frame == 12)
    assert is_one_sentence(workspace.canvas.message, "clip.mkv")
    assert "Frame 12" in workspace.canvas.message
    assert "cannot be decoded" in workspace.timeline.findChild(Track).describe(12)
    workspace.frames.show_frame(25)
    person.waits_for(lambda: workspace.selection.frame.frame == 25)
    assert workspace.canvas.message == ""
    person.clicks(30, 30)
    assert person.pose.present_count == 1


def test_an_image_of_one_pixel(sit_down, tmp_path):
    path = tmp_path / "dot.png"
    cv2.imwrite(str(path), np.full((1, 1, 3), 90, np.uint8))
    person = sit_down()
    person.begins_with(path)
    person.clicks(0.5, 0.5)
    assert person.pose.present_count == 1
    np.testing.assert_allclose(person.pose.keypoints[person.pose.present], [[0.5, 0.5]], atol=0.5)
    person.closes()
    person = sit_down()
    person.opens_recent()
    assert person.pose.present_count == 1


def test_an_image_of_twenty_thousand_pixels_is_clicked_in_its_own_pixels(sit_down, tmp_path):
    path = grey_png(tmp_path / "scan.png", 20_000)
    person = sit_down()
    person.begins_with(path)
    media = person.window.opening.document.project.media[0]
    assert (media.width, media.height) == (20_000, 20_000)
    person.clicks(15_000, 4_000)
    ((x, y),) = person.pose.keypoints[person.pose.present]
    assert abs(x - 15_000) < 60 and abs(y - 4_000) < 60, "a pixel on the screen is some forty of the image"


def grey_png(path: Path, side: int) -> Path:
    """Row by row, so that the 400 MB are never in memory here."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer, row = zlib.compressobj(1), b"\0" + b"\x60" * side
    packed = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b""))
    return path


def test_a_project_of_a_newer_version_is_left_as_it_is(sit_down, photo, tmp_path, monkeypatch):
    path = tmp_path / "dogs.poseproj"
    person = sit_down()
    person.begins_with(photo)
    keypoints = click_corners(person)
    person.saves_as(path)
    person.presses("Ctrl+W")
    newer = tmp_path / "newer.poseproj"
    shutil.copy(path, newer)
    connection = sqlite3.connect(newer)
    connection.execute("PRAGMA user_version = 99")
    connection.commit()
    connection.close()
    content = newer.read_bytes()

    sentence = open_by_menu(person, monkeypatch, newer)
    assert is_one_sentence(sentence, "newer.poseproj") and "update poseviewer" in sentence
    assert person.window.workspace is None and newer.read_bytes() == content
    person.opens_recent()
    np.testing.assert_array_equal(person.pose.keypoints, keypoints)
    open_by_menu(person, monkeypatch, newer)
    np.testing.assert_array_equal(person.pose.keypoints, keypoints)
    goes_on(person)


@pytest.mark.parametrize("kind", ["another skeleton", "text", "gone"])
def test_a_lifter_that_cannot_be_used(sit_down, photo, tmp_path, monkeypatch, kind):
    model = tmp_path / "mine.safetensors"
    if kind == "text":
        model.write_text("These are the notes of the experiment.\n" * 20)
    elif kind == "another skeleton":
        shutil.copy(resource("weights", "human17.lifter.safetensors"), model)
    person = sit_down()
    person.begins_with(photo)
    keypoints = click_corners(person)
    person.sees_3d()
    monkeypatch.setattr(open_dialogs, "ask_model", lambda *_: str(model))
    person.window.actions_.by_id["skeleton.model"].trigger()
    person.waits_for(lambda: person.window.status.model.text() == "No lifter")
    sentence = person.workspace.view3d.canvas.words.message
    assert is_one_sentence(sentence, "mine.safetensors"), sentence
    assert person.workspace.link.shown_pose is None
    person.clicks(200, 150)
    person.presses("Ctrl+Z")
    np.testing.assert_array_equal(person.pose.keypoints, keypoints)
    person.presses("Ctrl+Z")
    person.sees_3d()
    assert "default" in person.window.status.model.text()


def test_labels_that_are_not_numbers_are_missing_keypoints(sit_down, photo, tmp_path):
    names = ["neck", "nose", "tail_base", "left_hip", "right_hip", "left_knee"]
    places = [(50, 60), ("nan", "nan"), (120, 80), ("inf", 5), (140, 200), (200, 210)]
    rows = [
        ["scorer", *["me"] * 12],
        ["bodyparts", *[name for name in names for _ in "xy"]],
        ["coords", *["x", "y"] * 6],
        ["dog.png", *[str(value) for place in places for value in place]],
    ]
    labels = tmp_path / "CollectedData_me.csv"
    labels.write_text("\n".join(",".join(row) for row in rows) + "\n")
    person = sit_down()
    person.begins_with(photo)
    document = person.window.opening.document
    edit, _ = labels_to_project_edit(document.project, read_labels(labels))
    assert document.push(edit)
    assert person.pose.present_count == 4
    person.sees_3d()
    assert np.isfinite(person.workspace.link.shown_pose.joints).all()
    goes_on(person)


def test_keypoints_on_top_of_each_other(sit_down, photo):
    person = sit_down()
    person.begins_with(photo)
    click_corners(person)
    person.sees_3d()
    person.drags(CORNERS[1], CORNERS[0])
    first, second = person.pose.keypoints[person.pose.present][:2]
    np.testing.assert_allclose(first, second, atol=1.0)
    person.sees_3d()
    assert np.isfinite(person.workspace.link.shown_pose.joints).all()
    goes_on(person)

    # All in exactly one place are no pose.
    document = person.window.opening.document
    keypoints = np.where(person.pose.present[:, None], CORNERS[0], np.nan)
    frame, pose = person.workspace.selection.frame, Pose2D(keypoints)
    assert document.push(edits.set_pose(document.project, frame, 0, pose))
    person.waits_for(lambda: person.workspace.link.shown_pose is None)
    assert "All keypoints lie in one place; move them" in person.workspace.view3d.canvas.words.message
    person.presses("Ctrl+Z")
    person.sees_3d()
    goes_on(person)


def test_every_keypoint_taken_away(sit_down, photo):
    person = sit_down()
    person.begins_with(photo)
    keypoints = click_corners(person)
    person.sees_3d()
    person.presses("Ctrl+Delete")
    assert person.pose.present_count == 0 and person.workspace.link.shown_pose is None
    assert "Click 4 keypoints" in person.workspace.view3d.canvas.words.message
    person.presses("Ctrl+Z")
    np.testing.assert_array_equal(person.pose.keypoints, keypoints)
    person.sees_3d()


def test_a_read_only_folder(sit_down, photo, tmp_path, monkeypatch):
    path = tmp_path / "dogs.poseproj"
    person = sit_down()
    person.begins_with(photo)
    keypoints = click_corners(person)
    person.saves_as(path)
    person.presses("Ctrl+W")

    def refuse(_: Path) -> None:  # for root, who may run the tests, no folder is read-only
        raise PermissionError(errno.EROFS, "Read-only file system")

    with monkeypatch.context() as patch:
        patch.setattr(ProjectLock, "take", staticmethod(refuse))
        person.opens_recent()
        assert is_one_sentence(person.window.notice_bar.text, "dogs.poseproj")
        assert person.window.windowTitle() == "dogs (read-only)"
        person.window.notice_bar.hide()
        person.clicks(200, 150)
        assert is_one_sentence(person.window.notice_bar.text, "dogs.poseproj")
        np.testing.assert_array_equal(person.pose.keypoints, keypoints)
        monkeypatch.setattr(open_dialogs, "ask_project_name", lambda *_: tmp_path / "there too.poseproj")
        person.presses("Ctrl+Shift+S")
        assert is_one_sentence(person.window.notice_bar.text, "there too.poseproj")
        assert not (tmp_path / "there too.poseproj").exists()
    monkeypatch.setattr(open_dialogs, "ask_project_name", lambda *_: tmp_path / "mine.poseproj")
    person.presses("Ctrl+Shift+S")
    assert person.window.windowTitle() == "mine"
    np.testing.assert_array_equal(person.pose.keypoints, keypoints)
    goes_on(person)


def test_a_full_disk(sit_down, photo, tmp_path):
    path = tmp_path / "dogs.poseproj"
    person = sit_down()
    person.begins_with(photo)
    click_corners(person, 3)
    person.saves_as(path)
    connection = person.window.opening.document._file._connection
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages}")
    person.clicks(*CORNERS[0])
    person.window.notice_bar.hide()
    for _ in range(200):
        before = person.pose
        person.presses("Shift+Right")
        if person.window.notice_bar.text:
            break
    assert is_one_sentence(person.window.notice_bar.text, "dogs.poseproj")
    assert "full; make room" in person.window.notice_bar.text
    assert person.pose == before, "what is shown is what is saved"
    connection.execute("PRAGMA max_page_count = 1000000")
    person.clicks(*CORNERS[3])
    person.sees_3d()
    keypoints = person.pose.keypoints.copy()
    person.closes()

    file = ProjectFile.open(path)
    ((instance,),) = file.project.labels.values()
    np.testing.assert_array_equal(instance.pose.keypoints, keypoints)
    file.close()


def test_without_opengl_the_pose_is_painted(sit_down, photo, monkeypatch):
    from poseviewer.app import gl

    monkeypatch.setattr(gl, "_known", None)
    monkeypatch.setenv("POSEVIEWER_OPENGL", "off")
    person = sit_down()
    person.begins_with(photo)
    click_corners(person)
    person.sees_3d()
    view = person.workspace.view3d
    assert view.scene_name == "painted"
    empty = view.canvas.grab().toImage()
    person.drags(CORNERS[0], (150, 130))
    person.sees_3d()
    person.waits_for(lambda: view.canvas.grab().toImage() != empty)
    goes_on(person)
