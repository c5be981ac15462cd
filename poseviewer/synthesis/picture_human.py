"""The body of a person, clothed: for every skeleton with hips, knees, ankles, shoulders, elbows and wrists."""

from __future__ import annotations

from poseviewer.core.skeleton import Skeleton
from poseviewer.synthesis.picture_bodies import BodyPlan, Cone, End, Frame, Mix, between, middle, mirrored

ROLES = ("shirt", "sleeve", "trousers", "shin", "skin", "face", "hair", "shoe", "eye")

LIMBS = tuple(f"left_{j}" for j in ("hip", "knee", "ankle", "shoulder", "elbow", "wrist"))

MODES = {
    "fat": (-1.0, 1.4),
    "belly": (-0.6, 1.4),
    "limbs": (-1.0, 1.0),
    "loose": (-0.3, 1.5),
    "hair": (-1.2, 1.2),
    "long": (-1.2, 1.2),
}


def is_human(skeleton: Skeleton) -> bool:
    names = set(skeleton.joints)
    return set(LIMBS) <= names and {"head", "head_top"} & names != set()


def human(skeleton: Skeleton) -> BodyPlan:
    """The plan of a person's skeleton; its unit is a thigh and a shin."""
    pelvis, thorax = middle("left_hip", "right_hip"), middle("left_shoulder", "right_shoulder")
    names = skeleton.joints
    top: Mix = {"head" if "head" in names else "head_top": 1.0}
    neck: Mix = {"neck": 1.0} if "neck" in names else between(thorax, top, 0.4)
    # A neck at the height of the shoulders is the base of the neck, not of the skull.
    low_neck = "thorax" not in names
    base = between(neck, top, 0.32) if low_neck else neck
    frames = {
        "trunk": Frame((pelvis, thorax), (middle("right_hip", "right_shoulder"), middle("left_hip", "left_shoulder"))),
        "head": Frame((neck, top), ({"right_shoulder": 1.0}, {"left_shoulder": 1.0})),
        "left_leg": Frame(({"left_knee": 1.0}, {"left_ankle": 1.0}), ({"right_hip": 1.0}, {"left_hip": 1.0})),
        "right_leg": Frame(({"right_knee": 1.0}, {"right_ankle": 1.0}), ({"right_hip": 1.0}, {"left_hip": 1.0})),
    }
    cones = [
        *mirrored([*_trunk(pelvis, thorax), *_arm(), *_leg(), *_eye(base, top)]),
        *_middle(pelvis, thorax, base),
        *_head(base, top),
    ]
    return BodyPlan(tuple(cones), frames, _unit(skeleton), MODES, ROLES)


def _unit(skeleton: Skeleton) -> tuple[str, ...]:
    wanted = {"left_hip:left_knee", "left_knee:left_ankle", "left_knee:left_hip", "left_ankle:left_knee"}
    return tuple(name for name in skeleton.bone_names if name in wanted)


def _trunk(pelvis: Mix, thorax: Mix) -> list[Cone]:
    """The left half of the trunk: wider than deep. A unit is about 0.88 m."""
    waist = between(pelvis, thorax, 0.45)
    fat = {"fat": (0.0, 0.008, 0.0, 0.018), "belly": (0.0, 0.0, -0.012, 0.012), "loose": (0.0, 0.0, 0.0, 0.006)}
    chest = {"fat": (0.0, 0.005, 0.0, 0.012), "loose": (0.0, 0.0, 0.0, 0.006)}
    return [
        Cone(
            End(pelvis, 0.105, "trunk", (0.02, 0.07, 0.0), fat),
            End(waist, 0.098, "trunk", (0, 0.055, 0.0), fat),
            "shirt",
        ),
        Cone(
            End(waist, 0.098, "trunk", (0, 0.055, 0.0), fat),
            End(thorax, 0.105, "trunk", (-0.12, 0.085, -0.01), chest),
            "shirt",
        ),
        Cone(
            End(thorax, 0.105, "trunk", (-0.12, 0.085, -0.01), chest),
            End(between(thorax, "left_shoulder", 0.85), 0.07, "trunk", (-0.015, 0, 0), chest),
            "shirt",
        ),
        Cone(
            End({"left_hip": 1.0}, 0.105, "trunk", (0.03, 0.0, 0.02), fat),
            End({"left_hip": 1.0}, 0.1, "trunk", (-0.05, 0.0, 0.0), fat),
            "trousers",
        ),
    ]


def _middle(pelvis: Mix, thorax: Mix, base: Mix) -> list[Cone]:
    return [
        Cone(
            End(pelvis, 0.1, "trunk", (0.02, 0, 0.015), {"fat": (0, 0, 0, 0.014)}),
            End(pelvis, 0.09, "trunk", (-0.05, 0, 0.0), {"fat": (0, 0, 0, 0.012)}),
            "trousers",
        ),
        Cone(End(thorax, 0.075, "trunk", (-0.02, 0, 0.0)), End(base, 0.06, "head", (0.0, 0, 0.0)), "skin"),
    ]


def _arm() -> list[Cone]:
    arm = {"limbs": (0.0, 0.0, 0.0, 0.006), "fat": (0.0, 0.0, 0.0, 0.005), "loose": (0.0, 0.0, 0.0, 0.006)}
    fore = {"limbs": (0.0, 0.0, 0.0, 0.005)}
    return [
        Cone(End({"left_shoulder": 1.0}, 0.068, "", modes=arm), End({"left_elbow": 1.0}, 0.05, "", modes=arm), "shirt"),
        Cone(
            End({"left_elbow": 1.0}, 0.047, "", modes=fore), End({"left_wrist": 1.0}, 0.033, "", modes=fore), "sleeve"
        ),
        Cone(End({"left_wrist": 1.0}, 0.032), End(between("left_elbow", "left_wrist", 1.22), 0.042), "skin"),
        Cone(
            End(between("left_elbow", "left_wrist", 1.2), 0.042),
            End(between("left_elbow", "left_wrist", 1.48), 0.025),
            "skin",
        ),
    ]


def _leg() -> list[Cone]:
    thigh = {"limbs": (0.0, 0.0, 0.0, 0.009), "fat": (0.0, 0.0, 0.0, 0.01), "loose": (0.0, 0.0, 0.0, 0.008)}
    shin = {"limbs": (0.0, 0.0, 0.0, 0.006), "loose": (0.0, 0.0, 0.0, 0.007)}
    calf = between("left_knee", "left_ankle", 0.3)
    return [
        Cone(End({"left_hip": 1.0}, 0.1, "", modes=thigh), End({"left_knee": 1.0}, 0.066, "", modes=thigh), "trousers"),
        Cone(
            End({"left_knee": 1.0}, 0.064, "", modes=shin), End(calf, 0.066, "left_leg", (0, 0, -0.018), shin), "shin"
        ),
        Cone(
            End(calf, 0.066, "left_leg", (0, 0, -0.018), shin), End({"left_ankle": 1.0}, 0.043, "", modes=shin), "shin"
        ),
        Cone(
            End({"left_ankle": 1.0}, 0.045, "left_leg", (0.02, 0, -0.03)),
            End({"left_ankle": 1.0}, 0.034, "left_leg", (0.055, 0.012, 0.17)),
            "shoe",
        ),
    ]


def _head(base: Mix, top: Mix) -> list[Cone]:
    """The skull is as high as the skeleton says; the face looks forwards, against the third axis."""
    hair = {"hair": (0.0, 0.0, 0.0, 0.01)}
    back = {"hair": (0.0, 0.0, 0.0, 0.01), "long": (-0.09, 0.0, 0.01, 0.0)}
    return [
        Cone(
            End(between(base, top, 0.35), 0.078, "head", (0, 0, -0.03)),
            End(top, 0.095, "head", (-0.1, 0, -0.012)),
            "face",
        ),
        Cone(
            End(base, 0.055, "head", (0.02, 0, -0.05)),
            End(between(base, top, 0.35), 0.07, "head", (0, 0, -0.035)),
            "face",
        ),
        Cone(
            End(between(base, top, 0.42), 0.014, "head", (0, 0, -0.125)),
            End(between(base, top, 0.55), 0.01, "head", (0, 0, -0.11)),
            "face",
        ),
        Cone(
            End(top, 0.094, "head", (-0.092, 0, 0.02), hair),
            End(base, 0.072, "head", (0.09, 0, 0.022), back),
            "hair",
            melts=False,
        ),
    ]


def _eye(base: Mix, top: Mix) -> list[Cone]:
    at = between(base, top, 0.56)
    return [
        Cone(End(at, 0.01, "head", (0, 0.035, -0.098)), End(at, 0.009, "head", (0, 0.045, -0.094)), "eye", melts=False)
    ]
