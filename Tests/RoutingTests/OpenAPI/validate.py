"""Reads an OpenAPI document from standard input; prints what breaks the official schema, one mistake a line."""
import json
import sys

from openapi_spec_validator import OpenAPIV31SpecValidator

document = json.load(sys.stdin)
for error in OpenAPIV31SpecValidator(document).iter_errors():
    print("/".join(map(str, error.absolute_path)), error.message[:200])
