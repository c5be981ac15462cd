"""The body of an animal on four legs: dogs, cats, horses, mice, by their modes."""

from __future__ import annotations

from poseviewer.synthesis.picture_bodies import BodyPlan, Cone, End, Frame, between, middle, mirrored

Mode = tuple[float, float, float, float]

ROLES = ("coat", "leg", "paw", "tail", "head", "muzzle", "ear", "nose", "eye")

FRAMES = {
    "trunk": Frame(
        ({"tail_base": 1.0}, {"neck": 1.0}),
        (middle("right_shoulder", "right_hip"), middle("left_shoulder", "left_hip")),
    ),
    "head": Frame(({"neck": 1.0}, {"nose": 1.0}), ({"right_shoulder": 1.0}, {"left_shoulder": 1.0})),
    **{
        f"{side}_{end}": Frame(
            ({f"{side}_{top}": 1.0}, {f"{side}_{paw}": 1.0}),
            (middle("right_shoulder", "right_hip"), middle("left_shoulder", "left_hip")),
        )
        for side in ("left", "right")
        for end, top, paw in (("fore", "elbow", "front_paw"), ("hind", "knee", "hind_paw"))
    },
}
"""Of a leg, which runs down, the third axis points forwards."""


def modes_of(ranges_name: str) -> dict[str, tuple[float, float]]:
    """How bodies vary, by the kind of animal: each mode's uniform range."""
    usual = {
        "fat": (-0.3, 1.7),
        "belly": (-1.0, 1.0),
        "pear": (-0.5, 0.5),
        "legs": (-1.0, 1.0),
        "hock": (0.3, 1.2),
        "ears": (-1.0, 1.0),
        "floppy": (-0.4, 1.6),
        "skull": (-1.0, 1.0),
        "muzzle": (-1.0, 1.0),
        "brush": (-0.8, 1.5),
        "curl": (-1.0, 1.0),
        "sway": (-1.0, 1.0),
    }
    kind = ranges_name.rpartition(".")[2]
    if kind in ("mouse", "rat"):
        usual |= {"fat": (2.2, 6.0), "belly": (-0.5, 1.2), "pear": (0.3, 2.0), "legs": (-1.6, -0.4), "hock": (0.0, 0.5)}
        usual |= {"floppy": (0.1, 0.7), "ears": (0.0, 1.6), "skull": (0.2, 1.5), "muzzle": (-1.4, -0.2)}
        usual |= {"brush": (-0.8, -0.3), "curl": (-1.6, 1.6), "sway": (-2.0, 2.0)}
    elif kind == "horse":
        usual |= {
            "floppy": (-0.4, 0.2),
            "ears": (-1.0, 0.0),
            "muzzle": (0.4, 1.6),
            "brush": (0.5, 2.0),
            "skull": (-1.0, 0.2),
        }
    elif kind == "cat":
        usual |= {"floppy": (-0.4, 0.2), "muzzle": (-1.6, -0.6), "skull": (0.0, 1.4), "brush": (-0.5, 0.8)}
    return usual


def quadruped(ranges_name: str) -> BodyPlan:
    """The plan of `quadruped16` for ranges of this name."""
    chest, hips = middle("left_shoulder", "right_shoulder"), middle("left_hip", "right_hip")
    back = between("neck", "tail_base", 0.5)
    trunk = [
        Cone(
            End(
                {"neck": 1.0}, 0.115, "trunk", (-0.05, 0.0, -0.10), _m(fat=(0, 0, -0.02, 0.022), pear=(0, 0, 0, -0.01))
            ),
            End(
                between("neck", "tail_base", 0.93),
                0.105,
                "trunk",
                (0.0, 0.0, -0.09),
                _m(fat=(0, 0, -0.015, 0.018), pear=(0, 0, -0.012, 0.018)),
            ),
            "coat",
        ),
        Cone(  # breast to ribs
            End(
                between(chest, "neck", 0.25),
                0.13,
                "trunk",
                (-0.06, 0.0, -0.01),
                _m(fat=(0, 0, 0, 0.024), pear=(0, 0, 0, -0.016)),
            ),
            End(
                between(back, chest, 0.35),
                0.15,
                "trunk",
                (-0.02, 0.0, -0.11),
                _m(fat=(0, 0, -0.01, 0.026), belly=(0, 0, -0.012, 0.01)),
            ),
            "coat",
        ),
        Cone(  # ribs to loins
            End(
                between(back, chest, 0.35),
                0.15,
                "trunk",
                (-0.02, 0.0, -0.11),
                _m(fat=(0, 0, -0.01, 0.026), belly=(0, 0, -0.012, 0.01)),
            ),
            End(
                between(back, hips, 0.6),
                0.11,
                "trunk",
                (0.0, 0.0, -0.02),
                _m(fat=(0, 0, -0.01, 0.026), belly=(0, 0, -0.03, 0.016), pear=(0, 0, -0.01, 0.03)),
            ),
            "coat",
        ),
        Cone(  # loins to rump
            End(
                between(back, hips, 0.6),
                0.11,
                "trunk",
                (0.0, 0.0, -0.02),
                _m(fat=(0, 0, -0.01, 0.026), belly=(0, 0, -0.03, 0.016), pear=(0, 0, -0.01, 0.03)),
            ),
            End(
                between(hips, "tail_base", 0.35),
                0.105,
                "trunk",
                (0.0, 0.0, 0.0),
                _m(fat=(0, 0, 0, 0.018), pear=(0, 0, 0, 0.03)),
            ),
            "coat",
        ),
    ]
    return BodyPlan(
        (*trunk, *_head(), *mirrored([*_legs(), *_face()]), *_tail()),
        FRAMES,
        ("neck:tail_base",),
        modes_of(ranges_name),
        ROLES,
    )


def _head() -> list[Cone]:
    skull = End(between("neck", "nose", 0.66), 0.112, "head", (0.0, 0.0, 0.01), _m(skull=(0, 0, 0, 0.018)))
    return [
        Cone(
            End({"neck": 1.0}, 0.135, "trunk", (-0.02, 0.0, -0.13), _m(fat=(0, 0, -0.01, 0.018))),
            End(between("neck", "nose", 0.56), 0.092, "head", (0.0, 0.0, -0.01), _m(fat=(0, 0, 0, 0.016))),
            "coat",
        ),
        Cone(
            skull,
            End(between("neck", "nose", 0.78), 0.085, "head", (0.0, 0.0, 0.0), _m(skull=(0, 0, 0, 0.012))),
            "head",
        ),
        Cone(
            End(between("neck", "nose", 0.78), 0.068, "head", (0.0, 0.0, -0.02), _m(muzzle=(0, 0, 0, 0.01))),
            End({"nose": 1.0}, 0.046, "head", (-0.045, 0.0, -0.012), _m(muzzle=(0, 0, 0, 0.009))),
            "muzzle",
        ),
        Cone(
            End({"nose": 1.0}, 0.022, "head", (-0.018, 0.0, 0.01)),
            End({"nose": 1.0}, 0.02, "head", (-0.012, 0.0, 0.002)),
            "nose",
            melts=False,
        ),
    ]


def _face() -> list[Cone]:
    root = between("neck", "nose", 0.62)
    return [
        Cone(
            End(root, 0.045, "head", (0.0, 0.072, 0.085), _m(skull=(0, 0.012, 0.012, 0), ears=(0, 0, 0, 0.006))),
            End(
                root,
                0.02,
                "head",
                (-0.02, 0.105, 0.185),
                _m(skull=(0, 0.012, 0.012, 0), ears=(-0.015, 0.012, 0.035, 0.008), floppy=(0.035, 0.025, -0.16, 0.016)),
            ),
            "ear",
            melts=False,
        ),
        Cone(
            End(between("neck", "nose", 0.75), 0.019, "head", (0.0, 0.055, 0.06), _m(skull=(0.008, 0.006, 0.004, 0))),
            End(between("neck", "nose", 0.76), 0.017, "head", (0.0, 0.06, 0.058), _m(skull=(0.008, 0.006, 0.004, 0))),
            "eye",
            melts=False,
        ),
    ]


def _legs() -> list[Cone]:
    thick = _m(legs=(0, 0, 0, 0.006))
    thigh = _m(legs=(0, 0, 0, 0.012), fat=(0, 0, 0, 0.01), pear=(0, 0, 0, 0.012))
    hock = End(
        between("left_knee", "left_hind_paw", 0.56),
        0.034,
        "left_hind",
        (0, 0, 0),
        _m(hock=(0, 0, -0.075, 0), legs=(0, 0, 0, 0.006)),
    )
    wrist = End(between("left_elbow", "left_front_paw", 0.82), 0.031, "left_fore", (0, 0, 0), thick)
    return [
        Cone(
            End(between("neck", "left_shoulder", 0.45), 0.085, "", modes=_m(fat=(0, 0, 0, 0.012))),
            End({"left_shoulder": 1.0}, 0.085, "", modes=_m(fat=(0, 0, 0, 0.01), legs=(0, 0, 0, 0.006))),
            "coat",
        ),
        Cone(
            End({"left_shoulder": 1.0}, 0.082, "", modes=_m(fat=(0, 0, 0, 0.01), legs=(0, 0, 0, 0.008))),
            End({"left_elbow": 1.0}, 0.052, "", modes=thick),
            "coat",
        ),
        Cone(End({"left_elbow": 1.0}, 0.052, "", modes=thick), wrist, "leg"),
        Cone(wrist, End({"left_front_paw": 1.0}, 0.033, "", modes=thick), "leg"),
        Cone(
            End({"left_front_paw": 1.0}, 0.036, "left_fore", (-0.01, 0, 0), thick),
            End({"left_front_paw": 1.0}, 0.030, "left_fore", (0.008, 0, 0.04), thick),
            "paw",
        ),
        Cone(
            End(between("left_hip", "tail_base", 0.1), 0.115, "", modes=thigh),
            End({"left_knee": 1.0}, 0.066, "", modes=thick),
            "coat",
        ),
        Cone(End({"left_knee": 1.0}, 0.062, "", modes=thick), hock, "leg"),
        Cone(hock, End({"left_hind_paw": 1.0}, 0.032, "", modes=thick), "leg"),
        Cone(
            End({"left_hind_paw": 1.0}, 0.035, "left_hind", (-0.008, 0, 0), thick),
            End({"left_hind_paw": 1.0}, 0.029, "left_hind", (0.008, 0, 0.045), thick),
            "paw",
        ),
    ]


def _tail() -> list[Cone]:
    bent = {"curl": (0.0, 0.0, 0.07, 0.0), "sway": (0.0, 0.07, 0.0, 0.0)}
    first = End(between("tail_base", "tail_tip", 0.33), 0.031, "trunk", (0, 0, 0), bent | _m(brush=(0, 0, 0, 0.016)))
    second = End(between("tail_base", "tail_tip", 0.68), 0.025, "trunk", (0, 0, 0), bent | _m(brush=(0, 0, 0, 0.017)))
    return [
        Cone(End({"tail_base": 1.0}, 0.042, "trunk", (0.02, 0, -0.02), _m(brush=(0, 0, 0, 0.008))), first, "tail"),
        Cone(first, second, "tail"),
        Cone(second, End({"tail_tip": 1.0}, 0.015, "", modes=_m(brush=(0, 0, 0, 0.006))), "tail"),
    ]


def _m(**modes: Mode) -> dict[str, Mode]:
    return modes
