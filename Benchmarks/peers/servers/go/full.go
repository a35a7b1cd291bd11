//go:build full

// What MODE=full adds: a Prometheus counter, duration histogram and in-flight gauge, an
// OpenTelemetry server span with W3C extraction (batched to a null exporter), and one log line.
package main

import (
	"context"
	"log"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/propagation"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// recorder remembers the status and the size of an answer.
type recorder struct {
	http.ResponseWriter
	status, bytes int
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	r.bytes += len(b)
	return r.ResponseWriter.Write(b)
}

type nullExporter struct{}

func (nullExporter) ExportSpans(context.Context, []sdk.ReadOnlySpan) error { return nil }
func (nullExporter) Shutdown(context.Context) error                        { return nil }

func init() {
	http.Handle("/metrics", promhttp.Handler())
	observe = func(next http.Handler) http.Handler {
		labels := []string{"route", "method", "code"}
		requests := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "http_requests_total"}, labels)
		durations := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "http_request_duration_seconds"}, labels)
		inFlight := prometheus.NewGauge(prometheus.GaugeOpts{Name: "http_in_flight"})
		prometheus.MustRegister(requests, durations, inFlight)
		logger := log.New(os.Stdout, "", log.LstdFlags|log.Lmicroseconds)
		tracer := sdk.NewTracerProvider(sdk.WithBatcher(nullExporter{})).Tracer("hello")
		propagator := propagation.TraceContext{}

		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			start, route := time.Now(), r.URL.Path
			parent := propagator.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
			ctx, span := tracer.Start(parent, r.Method+" "+route,
				trace.WithSpanKind(trace.SpanKindServer),
				trace.WithAttributes(
					attribute.String("http.request.method", r.Method),
					attribute.String("url.path", r.URL.Path),
					attribute.String("http.route", route),
					attribute.String("client.address", r.RemoteAddr)))
			inFlight.Inc()
			answer := &recorder{w, http.StatusOK, 0}
			next.ServeHTTP(answer, r.WithContext(ctx))
			elapsed, code := time.Since(start), strconv.Itoa(answer.status)
			requests.WithLabelValues(route, r.Method, code).Inc()
			durations.WithLabelValues(route, r.Method, code).Observe(elapsed.Seconds())
			inFlight.Dec()
			span.SetAttributes(
				attribute.Int("http.response.status_code", answer.status),
				attribute.Int("http.response.body.size", answer.bytes))
			span.End()
			logger.Printf(`{"route":%q,"method":%q,"status":%d,"bytes":%d,"us":%d,"trace_id":"%s"}`,
				route, r.Method, answer.status, answer.bytes, elapsed.Microseconds(), span.SpanContext().TraceID())
		})
	}
}
