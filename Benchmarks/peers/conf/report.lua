-- wrk reporter: one JSON line at the end. It hooks no request, so it costs nothing while running.
done = function(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    'JSON {"requests":%d,"micros":%d,"bytes":%d,"p50":%d,"p99":%d,"rejected":%d,"broken":%d}\n',
    summary.requests, summary.duration, summary.bytes,
    latency:percentile(50), latency:percentile(99),
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
