"""The peer in Python: FastAPI on uvicorn (uvloop and httptools). Environment: MODE (none or full).

MODE=full adds prometheus_client, the OpenTelemetry instrumentation for FastAPI and, by uvicorn's
own switch, one access log line for each request.
"""

import os

from fastapi import FastAPI

app = FastAPI()
PAYLOAD = {"message": "hello", "pad": "x" * (1024 - 28)}


@app.get("/hello")
async def hello():
    return PAYLOAD


def observe(app: FastAPI) -> None:
    import time

    from opentelemetry import trace
    from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
    from prometheus_client import Counter, Histogram, make_asgi_app

    class NullExporter(SpanExporter):
        def export(self, spans):
            return SpanExportResult.SUCCESS

    labels = ["route", "method", "code"]
    requests = Counter("http_requests_total", "", labels)
    durations = Histogram("http_request_duration_seconds", "", labels)

    class Metrics:
        def __init__(self, app):
            self.app = app

        async def __call__(self, scope, receive, send):
            if scope["type"] != "http":
                return await self.app(scope, receive, send)
            start, status = time.perf_counter(), "0"

            async def remember_status(message):
                nonlocal status
                if message["type"] == "http.response.start":
                    status = str(message["status"])
                await send(message)

            await self.app(scope, receive, remember_status)
            values = ("/hello", scope["method"], status)
            requests.labels(*values).inc()
            durations.labels(*values).observe(time.perf_counter() - start)

    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(NullExporter()))
    trace.set_tracer_provider(provider)
    app.add_middleware(Metrics)
    app.mount("/metrics", make_asgi_app())
    FastAPIInstrumentor.instrument_app(app)


if os.environ.get("MODE") == "full":
    observe(app)
