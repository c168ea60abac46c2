"""The words of the command line: every verb with its options, and nothing of what they do."""

from __future__ import annotations

import argparse

from uptake_ml import __version__

# The words of uptake_ml.study and uptake_ml.report.finding, spelt out because the first needs
# numpy and the second doubles the time that --help takes; a test compares them.
MODALITIES = ("bone-scan", "fdg-pet")
LABELS = ("normal", "focal", "diffuse", "joint-symmetric", "marrow-diffuse")
INTENDED_USE = "For research and teaching only: not a medical device and never a diagnosis."

FORMATS = ("table", "jsonl", "csv", "html")
COMPARISON_FORMATS = ("table", "json", "html")
PLANNED_FORMATS = ("dicom-sr", "fhir")


class OneLineParser(argparse.ArgumentParser):
    """An argument parser whose errors are one line and whose options are not abbreviated."""

    def __init__(self, **settings) -> None:
        super().__init__(
            formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False, **settings
        )

    def error(self, message: str) -> None:
        """Exit with status 2 and one line."""
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


def build_parser() -> OneLineParser:
    """Return the parser of all verbs."""
    parser = OneLineParser(
        prog="uptake-ml",
        description="Which pattern of uptake a bone scan or FDG-PET shows, how sure that is, "
        "and what it can mean.",
        epilog=_epilog("uptake-ml demo"),
    )
    parser.add_argument("--version", action="version", version=f"uptake-ml {__version__}")
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", required=True, dest="verb")
    for name, (summary, example, add_arguments) in VERBS.items():
        child = verbs.add_parser(
            name,
            help=summary,
            description=f"{summary[0].upper()}{summary[1:]}.",
            epilog=_epilog(example),
        )
        add_arguments(child)
        child.add_argument("--debug", action="store_true", help="show the traceback of an error")
    return parser


def _epilog(example: str) -> str:
    return f"example:\n  {example}\n\n{INTENDED_USE}"


def _add_demo(parser) -> None:
    parser.add_argument(
        "--out", default="demo-out", metavar="DIR", help="folder of the page (default %(default)s)"
    )


def _add_classify(parser) -> None:
    parser.add_argument(
        "paths",
        nargs="+",
        metavar="PATH",
        help="a file, or a folder searched for studies: DICOM, NIfTI in SUV, PNG, JPEG, TIFF",
    )
    _add_modality(parser, help="what the studies are, where their headers do not say")
    parser.add_argument("--context", metavar="FILE", help="clinical context")
    _add_out_file(parser)
    parser.add_argument(
        "--format",
        type=_format,
        metavar="|".join(FORMATS),
        help="default: by the ending of --out, otherwise table",
    )
    _add_jobs(parser)
    parser.add_argument("--keep-ids", action="store_true", help="keep study ids and file names")
    parser.add_argument(
        "--overwrite",
        "--no-resume",
        action="store_true",
        help="start anew; without it a jsonl --out is continued where it stopped",
    )


def _add_compare(parser) -> None:
    parser.add_argument("earlier", metavar="EARLIER", help="file or folder of the earlier scan")
    parser.add_argument("later", metavar="LATER", help="the same patient's later scan")
    _add_modality(parser, help="what the scans are, where their headers do not say")
    parser.add_argument("--context", metavar="FILE", help="clinical context at the later scan")
    _add_out_file(parser)
    parser.add_argument(
        "--format",
        choices=COMPARISON_FORMATS,
        help="default: by the ending of --out, otherwise table",
    )
    parser.add_argument("--keep-ids", action="store_true", help="keep study ids and file names")


def _add_explain(parser) -> None:
    parser.add_argument("name", nargs="?", metavar="NAME", help="default: list what there is")


def _add_simulate(parser) -> None:
    _add_modality(parser, required=True, help="what to simulate")
    parser.add_argument("--label", choices=LABELS, help="default: every label in turn")
    _add_cases(parser, n=8, seed=1)
    parser.add_argument("--out", required=True, metavar="DIR", help="an empty or new folder")
    parser.add_argument(
        "--format",
        choices=("dicom", "nifti", "png"),
        help="default: dicom for a bone-scan, nifti for an fdg-pet",
    )
    parser.add_argument(
        "--masks",
        metavar="DIR",
        help="another folder, for pictures of the lesions' and the regions' numbers",
    )
    parser.add_argument(
        "--overwrite", action="store_true", help="replace the cases of an earlier run in DIR"
    )
    _add_jobs(parser)


def _add_train(parser) -> None:
    _add_modality(parser, required=True, help="what the model is to read")
    _add_cases(parser, n=4000, seed=1)
    parser.add_argument("--out", required=True, metavar="DIR", help="folder of the new model")
    parser.add_argument(
        "--keep-atlas",
        action="store_true",
        help="use the atlas already in DIR",
    )
    _add_jobs(parser)


def _add_evaluate(parser) -> None:
    _add_modality(parser, required=True, help="whose model")
    _add_cases(parser, n=400, seed=2)
    parser.add_argument("--model", metavar="DIR", help="default: the model that is installed")
    parser.add_argument(
        "--held-out",
        action="store_true",
        help="only cameras and bodies of a sort that training never drew",
    )
    _add_out_file(parser)
    parser.add_argument("--format", choices=("text", "json"), default="text")
    _add_jobs(parser)


def _add_check(parser) -> None:
    """Nothing to choose."""


def _add_info(parser) -> None:
    _add_modality(parser, help="only this modality's model")


def _add_modality(parser, **settings) -> None:
    parser.add_argument("--modality", choices=MODALITIES, **settings)


def _add_out_file(parser) -> None:
    parser.add_argument("--out", default="-", metavar="FILE", help="default -, standard output")


def _add_jobs(parser) -> None:
    parser.add_argument(
        "--jobs", type=_at_least(1), default=1, metavar="N", help="processes (default 1)"
    )


def _add_cases(parser, *, n: int, seed: int) -> None:
    parser.add_argument(
        "--n", type=_at_least(1), default=n, metavar="N", help="cases (default %(default)s)"
    )
    parser.add_argument(
        "--seed",
        type=_at_least(0),
        default=seed,
        metavar="S",
        help="root seed; the same seed gives the same cases (default %(default)s)",
    )


def _at_least(smallest: int):
    def convert(text: str) -> int:
        number = int(text) if text.isascii() and text.isdigit() else None
        if number is None or number < smallest:
            raise argparse.ArgumentTypeError(
                f"needs a whole number of at least {smallest}, found {text!r}"
            )
        return number

    return convert


def _format(text: str) -> str:
    if text in PLANNED_FORMATS:
        raise argparse.ArgumentTypeError(f"{text} is not yet available, use {', '.join(FORMATS)}")
    if text not in FORMATS:
        raise argparse.ArgumentTypeError(f"needs one of {', '.join(FORMATS)}, found {text!r}")
    return text


# Name: (summary, example, what adds the options).
VERBS = {
    "demo": (
        "classify a real bone scan and the samples, and write a page with the images",
        "uptake-ml demo",
        _add_demo,
    ),
    "classify": (
        "say which pattern of uptake each study shows, how sure that is and what it can mean",
        "uptake-ml classify scans/ --out findings.jsonl --jobs 2",
        _add_classify,
    ),
    "compare": (
        "say what changed between two bone scans of one patient, place by place",
        "uptake-ml compare march.dcm june.dcm --out change.html",
        _add_compare,
    ),
    "explain": (
        "show what the cited documents say about a pattern, condition or feature",
        "uptake-ml explain joint-symmetric",
        _add_explain,
    ),
    "simulate": (
        "make scans whose truth is known (needs the extra 'simulate')",
        "uptake-ml simulate --modality bone-scan --label focal --n 10 --seed 1 --out cases/",
        _add_simulate,
    ),
    "train": (
        "learn a model from simulated cases (needs the extra 'simulate')",
        "uptake-ml train --modality bone-scan --n 4000 --seed 1 --jobs 2 --out new-model/",
        _add_train,
    ),
    "evaluate": (
        "measure the model on fresh simulated cases (needs the extra 'simulate')",
        "uptake-ml evaluate --modality bone-scan --n 400 --seed 2 --jobs 2",
        _add_evaluate,
    ),
    "check": (
        "check this installation: models, tables and one real scan",
        "uptake-ml check",
        _add_check,
    ),
    "info": (
        "show the models' cards and provenance, and the versions in use",
        "uptake-ml info --modality bone-scan",
        _add_info,
    ),
}
