"""The dog of the sample project: a medium-sized farm dog, 52 cm at the withers, on the skeleton `quadruped16`.

All places are in its rest pose, standing square: mm, body frame (x to its left, faces -y, z up), the origin
on the ground under the withers.
"""

from __future__ import annotations

from poseviewer.synthesis.body import Anchor, Body, Frame, Hinge, Part, Point

JOINTS = (
    "neck", "nose", "tail_base", "tail_tip",
    "left_shoulder", "left_elbow", "left_front_paw", "right_shoulder", "right_elbow", "right_front_paw",
    "left_hip", "left_knee", "left_hind_paw", "right_hip", "right_knee", "right_hind_paw",
)  # fmt: skip

MIDDLE_REST: dict[str, Point] = {
    "neck": (0, 0, 510),
    "nose": (0, -345, 582),
    "poll": (0, -160, 655),
    "tail_base": (0, 400, 488),
    "tail_mid": (0, 515, 548),
    "tail_tip": (0, 575, 660),
}
LEFT_REST: dict[str, Point] = {
    "shoulder": (72, -75, 392),
    "elbow": (76, 25, 290),
    "carpus": (70, -5, 122),
    "front_paw": (68, -22, 22),
    "hip": (58, 345, 440),
    "knee": (78, 265, 305),
    "hock": (70, 420, 162),
    "hind_paw": (68, 393, 22),
}

SHOULDERS = ("left_shoulder", "right_shoulder")
HIPS = ("left_hip", "right_hip")

DARK: Point = (0.010, 0.008, 0.008)
IRIS: Point = (0.055, 0.022, 0.008)
WHITE: Point = (0.9, 0.9, 0.9)
BRASS: Point = (0.75, 0.50, 0.12)
TONGUE: Point = (0.62, 0.16, 0.17)


def _sided(side: str, point: Point) -> Point:
    return point if side == "left" else (-point[0], point[1], point[2])


def _rest() -> dict[str, Point]:
    rest = dict(MIDDLE_REST)
    for side in ("left", "right"):
        rest |= {f"{side}_{name}": _sided(side, place) for name, place in LEFT_REST.items()}
    return rest


def _hinges() -> tuple[Hinge, ...]:
    hinges = [
        Hinge("poll", "neck", "nose", SHOULDERS, 1.0),
        Hinge("tail_mid", "tail_base", "tail_tip", HIPS, 1.0),
    ]
    for side in ("left", "right"):
        hinges.append(Hinge(f"{side}_carpus", f"{side}_elbow", f"{side}_front_paw", SHOULDERS, 1.0))
        hinges.append(Hinge(f"{side}_hock", f"{side}_knee", f"{side}_hind_paw", HIPS, -1.0))
    return tuple(hinges)


def _frames() -> dict[str, Frame]:
    frames = {
        "chest": Frame("neck", ("neck", "tail_base"), SHOULDERS),
        "rump": Frame("tail_base", ("neck", "tail_base"), HIPS),
        "throat": Frame("neck", ("neck", "poll"), SHOULDERS),
        "head": Frame("poll", ("poll", "nose"), SHOULDERS),
        "tail": Frame("tail_base", ("tail_base", "tail_mid"), HIPS),
        "plume": Frame("tail_mid", ("tail_mid", "tail_tip"), HIPS),
    }
    for side in ("left", "right"):
        for name, start, end, across in (
            ("upper_arm", "shoulder", "elbow", SHOULDERS),
            ("forearm", "elbow", "carpus", SHOULDERS),
            ("pastern", "carpus", "front_paw", SHOULDERS),
            ("thigh", "hip", "knee", HIPS),
            ("shin", "knee", "hock", HIPS),
            ("cannon", "hock", "hind_paw", HIPS),
        ):
            frames[f"{side}_{name}"] = Frame(f"{side}_{start}", (f"{side}_{start}", f"{side}_{end}"), across)
        # A paw stays parallel to the trunk, whatever the leg above it does.
        for paw, across in (("front_paw", SHOULDERS), ("hind_paw", HIPS)):
            frames[f"{side}_{paw}"] = Frame(f"{side}_{paw}", ("neck", "tail_base"), across)
    return frames


def _trunk() -> list[Part]:
    def part(name: str, a: Point, b: Point, radii: tuple[float, float], width: float, *frames: str) -> Part:
        return Part(name, Anchor(a, ((frames[0], 1.0),)), Anchor(b, ((frames[-1], 1.0),)), radii, width)

    return [
        part("ribs", (0, -15, 405), (0, 160, 402), (90, 88), 0.76, "chest"),
        part("belly", (0, 160, 402), (0, 320, 432), (84, 62), 0.82, "chest", "rump"),
        part("croup", (0, 300, 430), (0, 378, 438), (62, 50), 0.95, "rump"),
        part("back", (0, 0, 474), (0, 385, 458), (30, 30), 1.2, "chest", "rump"),
        part("breast", (0, -78, 400), (0, -10, 352), (52, 60), 0.85, "chest"),
        part("neck", (0, -5, 440), (0, -135, 600), (74, 47), 0.82, "chest", "throat"),
        part("ruff", (0, -62, 418), (0, -150, 575), (58, 40), 0.9, "chest", "throat"),
        part("tail", (0, 392, 478), (0, 515, 548), (20, 21), 1.0, "tail"),
        part("plume", (0, 515, 548), (0, 575, 660), (21, 9), 1.0, "plume"),
    ]


def _head() -> list[Part]:
    def part(name: str, a: Point, b: Point, radii: tuple[float, float], width: float = 1.0, **looks: object) -> Part:
        bound = (("head", 1.0),)
        return Part(name, Anchor(a, bound), Anchor(b, bound), radii, width, **looks)  # type: ignore[arg-type]

    parts = [
        part("skull", (0, -158, 632), (0, -212, 615), (52, 47), 1.0),
        part("brow", (0, -205, 640), (0, -235, 622), (30, 24), 1.25),
        part("muzzle", (0, -225, 603), (0, -325, 572), (35, 23), 0.92),
        part("jaw", (0, -210, 578), (0, -302, 552), (28, 13), 0.9),
        part("nose", (0, -341, 584), (0, -347, 581), (14, 12), 1.15, colour=DARK, gloss=0.5),
    ]
    for side in ("left", "right"):

        def at(x: float, y: float, z: float, side: str = side) -> Point:
            return _sided(side, (x, y, z))

        parts += [
            part(f"{side}_cheek", at(26, -180, 598), at(24, -225, 590), (34, 24)),
            part(f"{side}_eye", at(34.5, -236, 627), at(36.5, -237.5, 627), (11.5, 11.5), colour=DARK, gloss=0.9),
            part(f"{side}_ear", at(34, -150, 662), at(56, -160, 672), (17, 16), 0.8),
            part(f"{side}_ear_fold", at(54, -150, 668), at(66, -178, 652), (17, 22), 0.5),
            part(f"{side}_ear_flap", at(64, -166, 652), at(68, -200, 598), (24, 11), 0.4),
        ]
    return parts


def _legs() -> list[Part]:
    parts = []
    for side in ("left", "right"):

        def part(
            name: str, a: Point, b: Point, radii: tuple[float, float], width: float, *frames: str, side: str = side
        ) -> Part:
            def anchor(place: Point, frame: str) -> Anchor:
                return Anchor(_sided(side, place), ((frame if frame in ("chest", "rump") else f"{side}_{frame}", 1.0),))

            return Part(f"{side}_{name}", anchor(a, frames[0]), anchor(b, frames[-1]), radii, width)

        parts += [
            part("shoulder_blade", (42, 5, 465), (58, -62, 395), (40, 48), 0.7, "chest", "upper_arm"),
            part("upper_arm", (60, -62, 388), (72, 22, 300), (50, 36), 0.72, "upper_arm"),
            part("forearm", (75, 24, 296), (70, -4, 128), (33, 17), 0.85, "forearm"),
            part("carpus", (70, -5, 126), (70, -8, 112), (17, 16.5), 0.95, "forearm", "pastern"),
            part("pastern", (70, -6, 116), (68, -20, 30), (16, 17), 1.0, "pastern"),
            part("front_paw", (68, -18, 23), (68, -46, 17), (21, 17), 1.12, "front_paw"),
            part("thigh", (50, 340, 432), (70, 275, 318), (68, 44), 0.66, "rump", "thigh"),
            part("ham", (48, 392, 425), (68, 345, 285), (48, 30), 0.66, "rump", "shin"),
            part("shin", (74, 275, 305), (70, 412, 172), (43, 18), 0.72, "shin"),
            part("hock", (70, 424, 170), (70, 416, 150), (17, 16), 0.85, "shin", "cannon"),
            part("cannon", (70, 417, 150), (68, 396, 32), (15, 16), 0.95, "cannon"),
            part("hind_paw", (68, 397, 22), (68, 365, 16), (20, 16), 1.12, "hind_paw"),
        ]
    return parts


DOG = Body(
    joints=JOINTS,
    rest=_rest(),
    hinges=_hinges(),
    frames=_frames(),
    parts=(*_trunk(), *_head(), *_legs()),
    skin_depth={
        "neck": 90,
        "nose": 30,
        "tail_base": 125,
        "tail_tip": 30,
        **{f"{side}_shoulder": 95.0 for side in ("left", "right")},
        **{f"{side}_elbow": 75.0 for side in ("left", "right")},
        **{f"{side}_front_paw": 55.0 for side in ("left", "right")},
        **{f"{side}_hip": 110.0 for side in ("left", "right")},
        **{f"{side}_knee": 90.0 for side in ("left", "right")},
        **{f"{side}_hind_paw": 55.0 for side in ("left", "right")},
    },
    size_bone=("neck", "tail_base"),
    blend=9.0,
)
