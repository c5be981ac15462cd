"""Lifters on the paper's own synthesis: python tests/benchmarks/measure_paper.py MODEL [MODEL ...]

100,000 poses of the range preset that each model was trained on, lengths U(0, 1), any rotation, orthographic, never
trained on. L_ed, L_el and L_sym are eqs. 9, 10 and 8 of 001; reprojection is on the scale of its table 4 and, for
both networks, of the joints that come out of forward kinematics. "kept" is L_ed once clicked x and y are kept.
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch

from poseviewer.geometry.kinematics import f, vectors_from_joints
from poseviewer.geometry.metrics import mean_error, reprojection_error
from poseviewer.models.lifter import default_joints, keep_given, load_lifter
from poseviewer.synthesis.generate import batch_rows, chunk_uniforms, sample_batch
from poseviewer.synthesis.presets import PAPER
from training.lifter import default_task, paper_task
from training.lifter_losses import edge_direction_loss, edge_length_loss, symmetry_loss


@torch.no_grad()
def measure(path: Path, count: int = 100_000) -> dict[str, float]:
    from poseviewer.models.checkpoint import read_card

    card = read_card(path)
    preset = card.load_ranges()
    skeleton = preset.skeleton
    network = load_lifter(path, skeleton, "cpu").network
    batch = sample_batch(preset, PAPER, torch.from_numpy(chunk_uniforms(batch_rows(preset, PAPER), 987, 0, count)))
    keypoints, target = paper_task(skeleton, batch)
    true = vectors_from_joints(skeleton, f(skeleton, target))
    if card.network == "paper":
        joints = f(skeleton, network(keypoints))
        edges = vectors_from_joints(skeleton, joints)
        kept = edges.clone()
        kept[..., [0, 2]] = true[..., [0, 2]]
        flat = joints[..., [0, 2]]
        lengths = edges.norm(dim=-1)
    else:
        normal, _ = default_task(network, batch)
        joints = default_joints(network, skeleton, normal)[0] * normal.radius[:, None, None]
        camera = vectors_from_joints(skeleton, joints)
        edges = torch.stack([camera[..., 0], camera[..., 2], -camera[..., 1]], dim=-1)
        held = vectors_from_joints(skeleton, keep_given(joints / normal.radius[:, None, None], normal))
        kept = torch.stack([held[..., 0], held[..., 2], -held[..., 1]], dim=-1)
        flat = torch.stack([joints[..., 0], -joints[..., 1]], dim=-1)
        lengths = edges.norm(dim=-1)
        if not getattr(network, "scale_input", False):
            lengths = lengths / lengths.amax(1, keepdim=True)
    return {
        "L_ed": float(edge_direction_loss(true, edges)),
        "kept": float(edge_direction_loss(true, kept)),
        "L_el": float(edge_length_loss(true.norm(dim=-1), lengths)),
        "L_sym": float(symmetry_loss(skeleton, lengths)),
        "reprojection": mean_error(reprojection_error(flat.numpy(), keypoints.numpy())),
        "poses": card.poses_seen,
    }


def main() -> None:
    print("| model | poses seen | L_ed | L_ed, xy kept | L_el | L_sym | reprojection on [-6, 6] |")
    print("|---|---|---|---|---|---|---|")
    for path in map(Path, sys.argv[1:]):
        v = measure(path)
        print(
            f"| {path.name} | {v['poses'] / 1e6:.1f} M | {v['L_ed']:.4f} | {v['kept']:.4f} | {v['L_el']:.4f} | "
            f"{v['L_sym']:.5f} | {v['reprojection']:.3f} |"
        )


if __name__ == "__main__":
    main()
