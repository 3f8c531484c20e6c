"""The picture in the README: a short demo is run, and one card and the summary of it become an SVG.

    python -m agents.demo.picture docs/demo.svg

Everything in it was said by that demo; a line of dots stands for what is left out.
"""

import asyncio
import html
import re
import sys
from pathlib import Path
from typing import Final

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from agents.card import card_of
from agents.card_rich import panel
from agents.demo.run import Demo, Options
from agents.demo.tally import Tally
from agents.errors import ClaquewatchError, UsageError
from agents.local.artifacts import Progress
from agents.local.errors import LocalError
from streams.alerts import Alert

OPTIONS: Final = Options(seconds=45, rooms=16, rate=None, speed=None, seed=24)
SHOWN_SCHEME: Final = "coordinated_purchases"  # its card needs no Chinese to be read
COLUMNS: Final = 130
ASPECT: Final = 0.602  # width to height of a character, as most monospaced fonts have it
CHAR_PX: Final = 20 * ASPECT  # rich draws characters 20 pixels high

# rich's own frame names a font on somebody's server; this one takes what the reader's machine has
FRAME: Final = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{
  font-family: "DejaVu Sans Mono", Menlo, "Cascadia Mono", Consolas, monospace;
  font-size: {char_height}px; line-height: {line_height}px;
}}
.{unique_id}-title {{ font-size: 16px; font-weight: bold; font-family: sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix" xml:space="preserve">
{matrix}
</g>
</g>
</svg>
"""

_TEXT = re.compile(r'textLength="[^"]*"([^>]*>)([^<]*)<')


class Album:
    """A screen that keeps what a demo says and the alerts that it opens; how it goes on is said on stderr."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.opened: list[Alert] = []

    def say(self, sentence: str) -> None:
        self.said.append(sentence)
        print(sentence, file=sys.stderr)

    def fetching(self, progress: Progress) -> None:
        pass

    def alert(self, alert: Alert) -> None:
        if alert.status == "open":
            self.opened.append(alert)

    def pulse(self, tally: Tally, delivered: int, verified: int, left_s: float) -> None:
        pass

    def close(self) -> None:
        pass


def draw(album: Album, summary: list[str]) -> str:
    """What is kept of a demo, as SVG. `summary` is what `Demo.run` gave; raises ClaquewatchError without an alert."""
    if not album.opened:
        raise ClaquewatchError("the demo raised no alert, so there is nothing to draw: give it another seed")
    card = max(album.opened, key=lambda alert: (alert.scheme == SHOWN_SCHEME, alert.score))
    begun = album.said[: album.said.index(summary[0])]
    sums = summary[: summary.index("", 1)]  # how to go on stands in the README itself
    with open("/dev/null", "w") as nowhere:
        console = Console(
            record=True, width=COLUMNS, file=nowhere, force_terminal=True, color_system="truecolor", highlight=False
        )
        console.print(Text(f'$ make demo ARGS="--seconds {OPTIONS.seconds:.0f}"', style="bold"))
        for line in [*begun, "..."]:
            console.print(Text(line))
        console.print(panel(card_of(card)))
        for line in ["...", *sums]:
            console.print(Text(line))
        drawn = console.export_svg(
            title="claquewatch demo", code_format=FRAME, font_aspect_ratio=ASPECT, unique_id="demo"
        )
    return _TEXT.sub(_as_wide_as_its_cells, drawn)


def _as_wide_as_its_cells(text: re.Match[str]) -> str:
    """rich gives a Chinese character the width of one cell and goes on after two."""
    width = cell_len(html.unescape(text[2])) * CHAR_PX
    return f'textLength="{width:g}"{text[1]}{text[2]}<'


def main() -> None:
    """Run the demo and write the file that the command line names."""
    try:
        if len(sys.argv) != 2:
            raise UsageError("name the file to write: python -m agents.demo.picture docs/demo.svg")
        album = Album()
        summary = asyncio.run(Demo(OPTIONS, album).run())
        Path(sys.argv[1]).write_text(draw(album, summary), encoding="utf-8")
    except (ClaquewatchError, LocalError, OSError) as error:
        print(f"picture: {error}", file=sys.stderr)
        sys.exit(getattr(error, "exit_code", 1))


if __name__ == "__main__":
    main()
