// The peer in node: its own http module, no package. Environment: PORT, MODE (none or full).
//
//   /1k, /hello  1 KiB of JSON, encoded for each request
//   /echo        the request body back, streamed
//
// MODE=full adds a hand-written counter and histogram and one log line for each request.
import http from 'node:http'

const payload = { message: 'hello', pad: 'x'.repeat(1024 - 28) }
const full = process.env.MODE === 'full'
const bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const series = new Map()

function hello(response) {
  const body = JSON.stringify(payload)
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': body.length })
  response.end(body)
}

function echo(request, response) {
  response.writeHead(200, { 'Content-Length': request.headers['content-length'] })
  request.pipe(response)
}

function record(request, response, start) {
  const seconds = Number(process.hrtime.bigint() - start) / 1e9
  const key = `${request.url}|${request.method}|${response.statusCode}`
  let metric = series.get(key)
  if (!metric) series.set(key, (metric = { count: 0, sum: 0, buckets: new Array(bounds.length + 1).fill(0) }))
  metric.count++
  metric.sum += seconds
  let index = 0
  while (index < bounds.length && seconds > bounds[index]) index++
  metric.buckets[index]++
  const micros = (seconds * 1e6) | 0
  process.stdout.write(
    `{"route":"${request.url}","method":"${request.method}","status":${response.statusCode},"us":${micros}}\n`,
  )
}

const server = http.createServer({ keepAliveTimeout: 3600000 }, (request, response) => {
  const start = full ? process.hrtime.bigint() : 0n
  if (full) response.on('finish', () => record(request, response, start))
  switch (request.url) {
    case '/1k':
    case '/hello':
      return hello(response)
    case '/echo':
      return echo(request, response)
    default:
      response.writeHead(404).end()
  }
})
server.listen(Number(process.env.PORT), '127.0.0.1')
