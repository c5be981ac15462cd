"""Which lifter a project uses, and what another one would make of the same keypoints."""
