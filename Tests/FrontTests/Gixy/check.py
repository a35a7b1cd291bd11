"""Prints what gixy complains about in the configuration that it is named; nothing when it is clean."""

import json
import subprocess
import sys

run = subprocess.run(
    [sys.executable, "-m", "gixy.cli.main", "--format", "json", *sys.argv[2:], sys.argv[1]], capture_output=True, text=True
)
try:
    issues = json.loads(run.stdout)
except ValueError:
    sys.exit(f"gixy gave no verdict: {run.stdout}{run.stderr}")
for issue in issues:
    print(issue["plugin"], issue["severity"], issue["summary"], issue["config"].strip(), sep=" | ")
