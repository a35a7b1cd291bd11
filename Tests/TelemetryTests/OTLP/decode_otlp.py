"""Reads an ExportTraceServiceRequest with OpenTelemetry's own classes and writes it as canonical JSON.

Usage: decode_otlp.py protobuf|json < REQUEST
"""
import base64
import json
import sys

from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

ID_KEYS = ("traceId", "spanId", "parentSpanId")


def recode_ids(value, recode):
    """OTLP's JSON has ids in hex digits where protobuf's has base64."""
    if isinstance(value, dict):
        return {k: recode(v) if k in ID_KEYS else recode_ids(v, recode) for k, v in value.items()}
    return [recode_ids(v, recode) for v in value] if isinstance(value, list) else value


content = sys.stdin.buffer.read()
if sys.argv[1] == "protobuf":
    request = ExportTraceServiceRequest.FromString(content)
else:
    tree = recode_ids(json.loads(content), lambda text: base64.b64encode(bytes.fromhex(text)).decode())
    request = json_format.ParseDict(tree, ExportTraceServiceRequest())
print(json.dumps(recode_ids(json_format.MessageToDict(request), lambda text: base64.b64decode(text).hex()), sort_keys=True))
