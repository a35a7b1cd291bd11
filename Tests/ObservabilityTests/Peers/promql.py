"""As much of PromQL as is needed to know which metrics an expression asks for."""
import re

WORDS = {"and", "or", "unless", "on", "ignoring", "group_left", "group_right", "by", "without", "bool", "offset", "inf", "nan"}
STRING = re.compile(r'"(?:[^"\\]|\\.)*"' + r"|'(?:[^'\\]|\\.)*'")
SELECTOR, RANGE = re.compile(r"\{[^}]*\}"), re.compile(r"\[[^\]]*\]")
LABELS = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)")
NAME = re.compile(r"(?<![\w:.$])[A-Za-z_:][\w:]*(?!\s*\()(?![\w:])")


def metrics(expression: str) -> set[str]:
    """The names of all metrics, those that rules record among them."""
    text = STRING.sub('""', expression)
    for pattern in (SELECTOR, RANGE, LABELS):
        text = pattern.sub(" ", text)
    return {name for name in NAME.findall(text) if name.lower() not in WORDS}
