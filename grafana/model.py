"""Grafana's dashboard JSON, as far as our dashboards need it."""

ROUTES = 'http_route!~"/health.*|/metrics"'
SOURCE = {"type": "prometheus", "uid": "prometheus"}
WIDTH, HEIGHT = 8, 8


def query(expr, legend, exemplar=False):
    """A query with the text that names its series."""
    return {"expr": " ".join(expr.split()), "legendFormat": legend, "exemplar": exemplar}


def panel(title, description, unit, *queries, kind="timeseries", limits=(None, None), steps=(), quiet=False):
    """One graph.

    unit: one of Grafana's units (`reqps`, `s`, `percentunit`, …). limits: of the axis. steps: from which values on it
    is yellow, red. quiet: it is empty while all is well, which the checker of panels then allows.
    """
    colors = ("green", "orange", "red")
    defaults = {
        "unit": unit,
        "min": limits[0],
        "max": limits[1],
        "thresholds": {
            "mode": "absolute",
            "steps": [{"color": color, "value": value} for color, value in zip(colors, (None, *steps))],
        },
    }
    defaults = {key: value for key, value in defaults.items() if value is not None}
    if quiet:
        defaults["noValue"] = "none"
    options = {}
    if kind == "timeseries":
        defaults["custom"] = {
            "lineWidth": 1,
            "fillOpacity": 5,
            "showPoints": "never",
            "thresholdsStyle": {"mode": "line" if steps else "off"},
        }
        options = {
            "legend": {"displayMode": "table", "placement": "bottom", "calcs": ["lastNotNull", "max"]},
            "tooltip": {"mode": "multi", "sort": "desc"},
        }
    elif kind == "stat":
        options = {
            "reduceOptions": {"calcs": ["lastNotNull"]},
            "colorMode": "value",
            "textMode": "value_and_name",
        }
    targets = []
    for letter, one in zip("ABCDEFGH", queries, strict=False):
        target = {"refId": letter, "datasource": SOURCE, **one}
        if kind != "timeseries":
            target |= {"instant": True, "range": False}
        if kind == "table":
            target["format"] = "table"
        targets.append(target)
    return {
        "type": kind,
        "title": title,
        "description": " ".join(description.split()),
        "datasource": SOURCE,
        "fieldConfig": {"defaults": defaults, "overrides": []},
        "options": options,
        "targets": targets,
    }


def quantiles(metric, selector, by="", exemplar=True):
    """Queries for p50, p95 and p99 of a histogram."""
    legend = " ".join(f"{{{{{label}}}}}" for label in by.split(", ")) if by else ""
    labels = f"le, {by}" if by else "le"
    return [
        query(
            f"histogram_quantile({quantile}, sum by ({labels}) (rate({metric}_bucket{{{selector}}}[1m])))",
            f"p{int(quantile * 100)} {legend}".strip(),
            exemplar,
        )
        for quantile in (0.5, 0.95, 0.99)
    ]


def variable(name, label, metric, several=False):
    """A choice on top of a dashboard, of the values that a label has now."""
    every = {"includeAll": True, "multi": True, "allValue": ".*", "current": {"text": "All", "value": "$__all"}}
    return {
        "type": "query",
        "name": name,
        "label": name.capitalize(),
        "datasource": SOURCE,
        "query": {"query": f"label_values({metric}, {label})", "refId": name},
        "refresh": 2,
        "sort": 1,
        **(every if several else {"includeAll": False, "multi": False}),
    }


def dashboard(uid, title, description, rows, variables=()):
    """A page of rows, each a title with its panels, three beside each other."""
    panels, top, number = [], 0, 0
    for name, members in rows:
        number += 1
        panels.append({
            "type": "row", "id": number, "title": name, "collapsed": False, "panels": [],
            "gridPos": {"x": 0, "y": top, "w": 24, "h": 1},
        })
        top += 1
        for index, member in enumerate(members):
            number += 1
            place = {"x": index % 3 * WIDTH, "y": top + index // 3 * HEIGHT, "w": WIDTH, "h": HEIGHT}
            panels.append({"id": number, "gridPos": place, **member})
        top += (len(members) + 2) // 3 * HEIGHT
    return {
        "uid": uid,
        "title": title,
        "description": description,
        "tags": ["vigie"],
        "schemaVersion": 39,
        "version": 1,
        "editable": False,
        "timezone": "browser",
        "refresh": "10s",
        "time": {"from": "now-30m", "to": "now"},
        "graphTooltip": 1,
        "links": [{"type": "dashboards", "tags": ["vigie"], "title": "Vigie", "asDropdown": True, "keepTime": True}],
        "annotations": {"list": [{
            "name": "Alerts", "enable": True, "iconColor": "red", "datasource": SOURCE,
            "expr": 'ALERTS{alertstate="firing",severity=~"page|ticket"}', "titleFormat": "{{alertname}}",
            "textFormat": "{{service}} {{instance}}",
        }]},
        "templating": {"list": list(variables)},
        "panels": panels,
    }
