"""Errors that a user can act on.

PoseviewerError
├── SkeletonError      a skeleton or its ranges cannot be used (a loop, an orphan, min > max)
├── MediaError         an image or video cannot be opened or decoded
├── ProjectFileError   a project file cannot be read or written
├── LabelFileError     a file of keypoints or labels cannot be read
├── CheckpointError    a model file cannot be used (another skeleton, damaged, not ours)
└── PoseInputError     keypoints that cannot be lifted (too few, not finite)

Every message is one sentence that says what happened, to which file, and what to do about it.
"""


class PoseviewerError(Exception):
    """Base of every error whose message is meant for the user as it stands."""


class SkeletonError(PoseviewerError):
    """A skeleton or a set of rotation ranges cannot be used."""


class MediaError(PoseviewerError):
    """An image or a video cannot be opened or decoded."""


class ProjectFileError(PoseviewerError):
    """A project file cannot be read or written."""


class LabelFileError(PoseviewerError):
    """A file of keypoints or labels cannot be read."""


class CheckpointError(PoseviewerError):
    """A model file cannot be used."""


class PoseInputError(PoseviewerError):
    """Keypoints that cannot be lifted."""
