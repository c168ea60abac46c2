"""Classify images that are no scans, and scans of the phantom: are the first rejected, not these?

    python experiments/06_strangers/run.py [--modality M]

Reads ``config.toml``; writes ``results-M.csv`` and ``provenance-M.json`` beside it.
"""

from __future__ import annotations

import argparse
import csv
import json
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import skimage
from PIL import Image
from scipy import ndimage

from uptake_ml.batch import classify_batch
from uptake_ml.pattern.cases import case_seed
from uptake_ml.pattern.forms import take_picture
from uptake_ml.pattern.simulate import draw_study
from uptake_ml.provenance import package_versions
from uptake_ml.readers import find_studies
from uptake_ml.study import ANTERIOR, BONE_SCAN, FDG_PET

HERE = Path(__file__).resolve().parent
_SHAPE = (400, 120)


def main() -> None:
    """Write the strangers and the scans as pictures, classify them, write what came out."""
    options = argparse.ArgumentParser()
    options.add_argument("--modality", default=BONE_SCAN)
    modality = options.parse_args().modality
    config = tomllib.loads((HERE / "config.toml").read_text())
    rng = np.random.default_rng(config["seed"])
    scans = [scan(modality, config, k) for k in range(config["n_scans"])]
    other = FDG_PET if modality == BONE_SCAN else BONE_SCAN
    others = [scan(other, config, k) for k in range(4)]
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        images = [*strangers(rng, config, scans, others)]
        images += [(f"scan {k}", "scan", image) for k, image in enumerate(scans)]
        for number, (name, kind, image) in enumerate(images):
            path = Path(folder) / f"{number:03d}.png"
            Image.fromarray(to_grey(image)).save(path)
            (source,) = find_studies([path], modality)
            (analysis,) = classify_batch([source], modality=modality)
            finding = analysis.finding
            rows.append(
                {
                    "image": name,
                    "kind": kind,
                    "decision": finding["decision"],
                    "label": finding["label"] or "",
                    "typicality": finding["typicality"],
                    "landmark_confidence": mean_confidence(finding),
                    "reason": (finding["reason"] or "")[:160],
                }
            )
            print(*rows[-1].values(), sep="  ", flush=True)
    report(rows, modality, config)


def mean_confidence(finding: dict) -> float | None:
    """Return the mean confidence of the landmarks, None where there are none."""
    found = [mark["confidence"] for mark in finding["landmarks"] or []]
    return round(float(np.mean(found)), 3) if found else None


def scan(modality: str, config: dict, k: int) -> np.ndarray:
    """Return the anterior view of a phantom case as somebody would have saved it."""
    seed = case_seed(config["seed"], config["stage"], k)
    study, _, _ = draw_study(modality, seed, k)
    return take_picture(study, np.random.default_rng(seed)).views[ANTERIOR].pixels


def strangers(
    rng, config: dict, scans: list, others: list
) -> Iterator[tuple[str, str, np.ndarray]]:
    """Yield (name, kind, image) of 40 images that are no whole-body scan of this kind."""
    for name in config["photographs"]:
        path = Path(skimage.__file__).parent / "data" / name
        yield name, "photograph or drawing", np.asarray(Image.open(path).convert("L"), float)
    noise = rng.random(_SHAPE)
    yield "white noise", "noise", noise
    yield "counts of air", "noise", rng.poisson(0.2, _SHAPE).astype(float)
    yield "smooth noise", "noise", np.exp(ndimage.gaussian_filter(noise, 6) * 20)
    yield "speckle", "noise", rng.exponential(1.0, _SHAPE)
    rows, cols = np.mgrid[: _SHAPE[0], : _SHAPE[1]]
    yield "constant", "blank", np.full(_SHAPE, 90.0)
    yield "gradient", "blank", rows.astype(float)
    yield "stripes", "pattern", (rows // 12 % 2) * 200.0
    yield "chessboard", "pattern", ((rows // 20 + cols // 20) % 2) * 200.0
    yield "blocks", "pattern", np.kron(rng.integers(0, 255, (20, 6)), np.ones((20, 20)))
    yield "ellipse", "drawing", 100.0 * (((rows - 200) / 180) ** 2 + ((cols - 60) / 40) ** 2 < 1)
    yield "two lungs", "other organ", _blobs(rows, cols, [(180, 35, 90, 18), (180, 85, 90, 18)])
    yield "thyroid", "other organ", _blobs(rows, cols, [(200, 48, 26, 9), (200, 72, 26, 9)])
    yield "stick figure", "drawing", _stick_figure(rows, cols)
    clear = scans[:6]
    height = len(clear[0])
    yield "chest", "part of a scan", clear[0][int(0.15 * height) : int(0.42 * height)]
    yield "pelvis", "part of a scan", clear[1][int(0.4 * len(clear[1])) : int(0.6 * len(clear[1]))]
    yield "head", "part of a scan", clear[2][: int(0.2 * len(clear[2]))]
    yield "knees", "part of a scan", clear[3][int(0.65 * len(clear[3])) : int(0.85 * len(clear[3]))]
    yield "upside down", "turned scan", clear[0][::-1]
    yield "lying to the left", "turned scan", np.rot90(clear[1])
    yield "lying to the right", "turned scan", np.rot90(clear[2], -1)
    yield "shuffled in blocks", "spoilt scan", _shuffled(clear[3], rng)
    yield "scrambled phase", "spoilt scan", _scrambled(clear[4], rng)
    yield (
        "edges alone",
        "spoilt scan",
        np.abs(ndimage.laplace(ndimage.gaussian_filter(clear[5], 1))),
    )
    for k, image in enumerate(others):
        yield f"scan {k} with the other tracer", "other tracer", image


def _blobs(rows, cols, places) -> np.ndarray:
    return sum(200.0 * (((rows - r) / a) ** 2 + ((cols - c) / b) ** 2 < 1) for r, c, a, b in places)


def _stick_figure(rows, cols) -> np.ndarray:
    head = ((rows - 50) / 28) ** 2 + ((cols - 60) / 22) ** 2 < 1
    trunk = (np.abs(cols - 60) < 6) & (rows > 70) & (rows < 220)
    arms = (np.abs(rows - 110 - 0.8 * np.abs(cols - 60)) < 6) & (np.abs(cols - 60) < 50)
    legs = (np.abs(cols - 60) - (rows - 220) * 0.18 < 5) & (
        np.abs(cols - 60) - (rows - 220) * 0.18 > -5
    )
    return 200.0 * (head | trunk | arms | (legs & (rows >= 220) & (rows < 380)))


def _shuffled(image: np.ndarray, rng) -> np.ndarray:
    strips = np.array_split(image, 12)
    rng.shuffle(strips)
    width = min(s.shape[1] for s in strips)
    return np.concatenate([s[:, :width] for s in strips])


def _scrambled(image: np.ndarray, rng) -> np.ndarray:
    spectrum = np.fft.rfft2(image)
    phase = np.exp(2j * np.pi * rng.random(spectrum.shape))
    scrambled = np.fft.irfft2(np.abs(spectrum) * phase, image.shape)
    return scrambled - scrambled.min()


def to_grey(image: np.ndarray) -> np.ndarray:
    """Return uint8 grey levels."""
    return np.clip(
        image * (255 / max(image.max(), 1e-9) if image.max() > 255 or image.max() <= 1.5 else 1),
        0,
        255,
    ).astype(np.uint8)


def report(rows: list[dict], modality: str, config: dict) -> None:
    """Write the table and print the shares."""
    with (HERE / f"results-{modality}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    is_answered = [row["decision"] in ("labelled", "indeterminate") for row in rows]
    strange = [not a for row, a in zip(rows, is_answered, strict=True) if row["kind"] != "scan"]
    usual = [a for row, a in zip(rows, is_answered, strict=True) if row["kind"] == "scan"]
    summary = {
        "strangers": len(strange),
        "strangers_turned_away": int(sum(strange)),
        "scans": len(usual),
        "scans_answered": int(sum(usual)),
    }
    print(summary)
    record = {"config": config, "summary": summary, "versions": package_versions()}
    (HERE / f"provenance-{modality}.json").write_text(json.dumps(record, indent=2) + "\n")


if __name__ == "__main__":
    main()
