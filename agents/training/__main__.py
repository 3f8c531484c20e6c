"""`make intent`: the weights anew from the corpus; with --trial how they do on manners that are left out."""

import sys
from collections import Counter
from collections.abc import Sequence

from agents.training import corpus
from agents.training.fitting import Recipe, fit, packed_bytes, quantised
from agents.training.trial import left_out, reliability, table
from streams.evidence.intent_model import KINDS, Model


def trained() -> Model:
    """The model of the corpus as it is on disk, by the recipe."""
    recipe = Recipe()
    return quantised(fit(corpus.read(), recipe), recipe, corpus.digest())


def main(args: Sequence[str]) -> None:
    """Write the weights, or print what the corpus is and how each manner does when it is left out."""
    if args and args[0] != "--trial":
        sys.exit("Only --trial is known, with manners to leave out after it; without it the weights are made anew.")
    if args:
        lines = corpus.read()
        of_kind = Counter((line.manner, line.kind) for line in lines)
        for manner in corpus.manners(lines):
            counts = [of_kind[manner, kind] for kind in range(len(KINDS))]
            print(f"{manner:18}{sum(counts):6} lines: ", *(f"{k} {n}" for k, n in zip(KINDS, counts, strict=True)))
        told = list(left_out(lines, Recipe(), [(manner,) for manner in args[1:]]))
        print(*table(told), sep="\n")
        for said, right, count in reliability(told):
            print(f"said {said:.2f}, right {right:.2f}, of {count}")
        return
    data = packed_bytes(trained())
    (corpus.FOLDER / "weights.bin").write_bytes(data)
    print(f"weights.bin: {len(data)} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
