"""Panels of the dashboard, in the few kinds that it uses: a number, a name, lines, bars, the list of what fires."""

from typing import Final, NamedTuple

from grafana_foundation_sdk.builders import common, dashboard, prometheus, stat, timeseries
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models import common as shapes
from grafana_foundation_sdk.models import dashboard as model
from grafana_foundation_sdk.models import units

RUNBOOKS: Final = "http://127.0.0.1:9090/user"  # Prometheus serves them, see docker-compose.yml

# widths, of 24
HALF, THIRD, SIXTH = 12, 8, 4
GREEN, YELLOW, RED = "green", "yellow", "red"

_SOURCE: Final = model.DataSourceRef(type_val="prometheus", uid="${source}")


class Ask(NamedTuple):
    """One query and the name of its series; `{{label}}` is filled in by Grafana."""

    expr: str
    legend: str


class Step(NamedTuple):
    """From this value on, this colour."""

    value: float | None
    colour: str


def number(title: str, about: str, ask: Ask, unit: str, steps: list[Step], runbook: str | None = None) -> stat.Panel:
    """One number with its colour and its recent past."""
    return (
        stat.Panel()
        .title(title)
        .description(about)
        .datasource(_SOURCE)
        .with_target(_query(ask, "A"))
        .unit(unit)
        .decimals(0 if unit == units.NoUnit else 1)
        .thresholds(_thresholds(steps))
        .graph_mode(shapes.BigValueGraphMode.AREA)
        .color_mode(shapes.BigValueColorMode.VALUE)
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
        .no_value("no data")
        .height(5)
        .span(SIXTH)
        .links(_runbook_links(runbook))
    )


def name(title: str, about: str, ask: Ask) -> stat.Panel:
    """A fact that is a label: its name, and how many workers say so."""
    return (
        stat.Panel()
        .title(title)
        .description(about)
        .datasource(_SOURCE)
        .with_target(_query(ask, "A").instant())
        .unit(units.NoUnit)
        .thresholds(_thresholds([Step(None, GREEN)]))
        .graph_mode(shapes.BigValueGraphMode.NONE)
        .text_mode(shapes.BigValueTextMode.VALUE_AND_NAME)
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
        .no_value("no data")
        .height(7)
        .span(HALF)
    )


def lines(
    title: str,
    about: str,
    asks: list[Ask],
    unit: str,
    steps: list[Step] | None = None,
    runbook: str | None = None,
    width: int = HALF,
) -> timeseries.Panel:
    """Lines over time. Where there are steps, dashed lines show them."""
    panel = (
        timeseries.Panel()
        .title(title)
        .description(about)
        .datasource(_SOURCE)
        .targets([_query(ask, ref) for ask, ref in zip(asks, "ABC", strict=False)])
        .unit(unit)
        .min(0)
        .fill_opacity(10)
        .show_points(shapes.VisibilityMode.NEVER)
        .thresholds(_thresholds(steps or [Step(None, GREEN)]))
        .legend(
            common.VizLegendOptions()
            .show_legend(True)
            .display_mode(shapes.LegendDisplayMode.LIST)
            .placement(shapes.LegendPlacement.BOTTOM)
        )
        .tooltip(common.VizTooltipOptions().mode(shapes.TooltipDisplayMode.MULTI).sort(shapes.SortOrder.DESCENDING))
        .no_value("no data")
        .height(8)
        .span(width)
        .links(_runbook_links(runbook))
    )
    if steps:
        panel.thresholds_style(common.GraphThresholdsStyleConfig().mode(shapes.GraphTresholdsStyleMode.DASHED))
    return panel


def bars(title: str, about: str, asks: list[Ask], runbook: str | None = None, width: int = HALF) -> timeseries.Panel:
    """Counts, stacked."""
    return (
        lines(title, about, asks, units.Short, runbook=runbook, width=width)
        .draw_style(shapes.GraphDrawStyle.BARS)
        .fill_opacity(60)
        .stacking(common.StackingConfig().mode(shapes.StackingMode.NORMAL))
    )


def firing() -> dashboard.Panel:
    """What fires or is about to: Grafana's alert list, which reads Prometheus' rules. The SDK has no builder for it."""
    return (
        dashboard.Panel()
        .type("alertlist")
        .title("What fires?")
        .description("Firing and pending rules of Prometheus, each with its runbook. Silence them in Alertmanager.")
        .options(
            {
                "alertInstanceLabelFilter": "",
                "alertName": "Claquewatch",
                "dashboardAlerts": False,
                "groupBy": [],
                "groupMode": "default",
                "maxItems": 20,
                "showInactiveAlerts": False,
                "showInstances": True,
                "sortOrder": 3,  # by importance
                "stateFilter": {"error": True, "firing": True, "noData": False, "normal": False, "pending": True},
                "viewMode": "list",
            }
        )
        .height(6)
        .span(24)
    )


# Pieces of them


def quantile(share: float, buckets: str, window: str) -> str:
    """Over all workers: buckets are added first, a quantile of quantiles would be none."""
    return f"histogram_quantile({share}, sum by (le) (rate({buckets}[{window}])))"


def link(title: str, url: str) -> dashboard.DashboardLink:
    """Opens beside the dashboard."""
    return dashboard.DashboardLink(title).type(model.DashboardLinkType.LINK).icon("doc").url(url).target_blank(True)


def data_source() -> dashboard.DatasourceVariable:
    """Which Prometheus: the default one until another is chosen."""
    return dashboard.DatasourceVariable("source").label("Prometheus").type("prometheus")


def runbooks() -> dashboard.TextBoxVariable:
    """Where the browser finds the runbooks: another address than this machine's is typed in here."""
    return (
        dashboard.TextBoxVariable("runbooks")
        .label("Runbooks")
        .default_value(RUNBOOKS)
        .current(model.VariableOption(selected=True, text=RUNBOOKS, value=RUNBOOKS))
    )


def _query(ask: Ask, ref: str) -> prometheus.Dataquery:
    return prometheus.Dataquery().expr(ask.expr).legend_format(ask.legend).ref_id(ref).datasource(_SOURCE).range()


def _thresholds(steps: list[Step]) -> dashboard.ThresholdsConfig:
    return (
        dashboard.ThresholdsConfig()
        .mode(model.ThresholdsMode.ABSOLUTE)
        .steps([model.Threshold(value=step.value, color=step.colour) for step in steps])
    )


def _runbook_links(alert: str | None) -> list[Builder[model.DashboardLink]]:
    return [link(f"Runbook: {alert}", f"${{runbooks}}/{alert}.md")] if alert else []
