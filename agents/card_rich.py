"""The card in colours, for a terminal. What it says is the plain card's; colour never says it alone."""

from typing import Final

from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from agents.card import Card, acts_sentence, against_sentences, clock_sentence, stake_sentence

COLOURS: Final = {"critical": "red", "warning": "yellow", "info": "cyan"}


def panel(card: Card) -> Panel:
    """The card as a panel. Text goes in as Text, so that a comment with brackets is no markup."""
    colour = "green" if card.status == "resolved" else COLOURS.get(card.severity, "cyan")
    grid = Table.grid(padding=(0, 1))
    grid.add_column(style="dim", no_wrap=True, justify="right")
    grid.add_column(overflow="fold")
    grid.add_row("what", Text(card.headline, style=f"bold {colour}"))
    grid.add_row("where", Text(card.where))
    why = [f"score {card.score:.2f}", *(figure.sentence for figure in card.why)]
    _rows(grid, "why", why)
    if card.accounts_total:
        shared = f"; shared: {', '.join(card.traits)}" if card.traits else ""
        _rows(grid, "who", [f"{card.accounts_total:,} account{'' if card.accounts_total == 1 else 's'}{shared}"])
    _rows(grid, "acts", [act.sentence for act in card.acts])
    if card.spark:
        grid.add_row("", Text.assemble((card.spark, colour), f"  {acts_sentence(card)}"))
    _rows(grid, "against", against_sentences(card))
    if card.cleared_by:
        _rows(grid, "cleared by", [card.cleared_by])
    _rows(grid, "at stake", [stake_sentence(card)])
    _rows(grid, "clock", [clock_sentence(card)])
    return Panel(
        grid,
        title=Text(f"{card.severity.upper()}  {card.incident}", style=f"bold {colour}"),
        title_align="left",
        border_style=colour,
    )


def _rows(grid: Table, label: str, sentences: list[str]) -> None:
    for number, sentence in enumerate(sentences):
        grid.add_row(label if number == 0 else "", Text(sentence))
