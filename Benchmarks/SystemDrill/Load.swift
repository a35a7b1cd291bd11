import FoundationEssentials
import HTTP
import JSON
import Reactor
import Synchronization
import WebClient

/// Clients of the system: reads of one listing and of lists, and writes, through TLS, again and again.
final class Load: Sendable {
    /// What came of calls, from one moment on.
    struct Figures: Sendable {
        var calls = 0
        /// Sent again after a broken connection.
        var repeated = 0
        var failures: [String: Int] = [:]
        var lastFailure: MonotonicInstant?
        var failed: Int { failures.values.reduce(0, +) }

        /// Whether each one that failed was refused with the word when to come back.
        var onlyRetryable: Bool { failures.keys.allSatisfy { $0 == "503, Retry-After" } }
        var text: String {
            failures.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" }.joined(separator: ", ")
        }
    }

    private struct State {
        var figures = Figures()
        var written: [String] = []
        var token = ""
    }

    private let client: WebClient
    private let destination: WebDestination
    /// Between an answer and the next call of a worker.
    private let pause: Duration
    private let state = Mutex(State())
    private static let password = "nine winding rivers"

    /// Of calls, one in so many is a write, and one in so many a list.
    private static let (writes, lists) = (20, 7)

    init(_ origin: String, authority: String, pause: Duration, on group: EventLoopGroup) throws {
        self.pause = pause
        var settings = WebClientSettings()
        settings.trust = .only(file: authority)
        settings.proxy = .none
        client = try WebClient(on: group, settings: settings)
        destination = try WebDestination(origin)
    }

    /// Calls with so many workers until the task is cancelled.
    func run(workers: Int, on loop: EventLoop) async {
        await withDiscardingTaskGroup { tasks in
            tasks.addTask(executorPreference: loop) {
                // Tokens last ten minutes.
                var pause = Duration.seconds(300)
                while !Task.isCancelled {
                    do { try await loop.sleep(for: pause) } catch { return }
                    do {
                        try await self.logIn()
                        pause = .seconds(300)
                    } catch {
                        if Task.isCancelled { return }
                        self.note(.failure("login: \(error)"))
                        pause = .seconds(5)
                    }
                }
            }
            for worker in 0..<workers {
                tasks.addTask(executorPreference: loop) { await self.work(worker, on: loop) }
            }
        }
    }

    private func work(_ worker: Int, on loop: EventLoop) async {
        var step = worker
        while !Task.isCancelled {
            step += 1
            let request = step % Self.writes == 0 ? write() : step % Self.lists == 0 ? list() : read(step)
            let outcome = await outcome(of: request)
            if Task.isCancelled { return }
            note(outcome)
            // A client that was refused does not hammer.
            let rest = if case .failure = outcome { max(pause, .milliseconds(20)) } else { pause }
            guard rest > .zero else { continue }
            do { try await loop.sleep(for: rest) } catch { return }
        }
    }

    private enum Outcome {
        case success(written: String?)
        case failure(String)
    }

    private func note(_ outcome: Outcome) {
        state.withLock { state in
            state.figures.calls += 1
            switch outcome {
            case .success(let written): if let written { state.written.append(written) }
            case .failure(let reason):
                state.figures.failures[reason, default: 0] += 1
                state.figures.lastFailure = .now
            }
        }
    }

    /// What comes of a call that is sent again, at most twice, where its connection broke, no answer came in time, or a
    /// gateway's broke: each is safe to be repeated, by its method or by its key (RFC 9110 §9.2.2), and clients do so. (nginx
    /// ends kept connections when it is reloaded; a request that meets such an end was not processed.)
    private func outcome(of request: HTTPRequest) async -> Outcome {
        for pause in [Duration.milliseconds(10), .milliseconds(100)] {
            let first = await attempt(request)
            guard case .failure(let reason) = first, Self.isBroken(reason), !Task.isCancelled else {
                return first
            }
            state.withLock { $0.figures.repeated += 1 }
            do { try await EventLoop.current?.sleep(for: pause) } catch { return first }
        }
        return await attempt(request)
    }

    private static func isBroken(_ reason: String) -> Bool { reason == "502" || Int(reason.prefix(3)) == nil }

    private func attempt(_ request: HTTPRequest) async -> Outcome {
        do {
            let response = try await client.send(request, to: destination)
            let content = try await response.body.collect(upTo: 1 << 20)
            let code = response.head.status.code
            guard (200..<300).contains(code) else {
                let hint = response.head.fields["retry-after"] == nil ? "" : ", Retry-After"
                return .failure("\(code)\(hint)")
            }
            guard request.head.method == .post else { return .success(written: nil) }
            return .success(written: try JSONText.decode(JSONValue.self, from: content)["id"]?.string)
        } catch { return .failure("\(error)") }
    }

    // MARK: Requests

    private func read(_ step: Int) -> HTTPRequest {
        let id = state.withLock { state in
            state.written.isEmpty ? "" : state.written[step % state.written.count]
        }
        return HTTPRequest(.get, "/api/listings/\(id)")
    }

    private func list() -> HTTPRequest { HTTPRequest(.get, "/api/listings?limit=20") }

    private func write() -> HTTPRequest {
        var fields = fields(token: state.withLock { $0.token })
        fields.append("idempotency-key", UUID().uuidString)
        return HTTPRequest(.post, "/api/listings", fields: fields, body: HTTPBody(Self.listing))
    }

    private func fields(token: String? = nil) -> HTTPFields {
        var fields = HTTPFields()
        fields.append(.contentType, "application/json")
        if let token { fields.append(.authorization, "Bearer \(token)") }
        return fields
    }

    private static let listing = """
        {"title":"Loft by the river","description":"Quiet, with a view.","propertyType":"loft","city":"Lyon","country":"FR",\
        "latitude":45.76,"longitude":4.83,"maxGuests":4,"bedrooms":2,"beds":2,"bathrooms":1,"amenities":["wifi"],\
        "pricePerNight":{"amount":9500,"currency":"EUR"}}
        """

    // MARK: Preparing and judging

    /// Registers a host, and writes the first listings.
    func prepare() async throws {
        let body =
            #"{"email":"drill@example.com","password":"\#(Self.password)","firstName":"D","lastName":"R","role":"host"}"#
        let request = HTTPRequest(.post, "/api/auth/register", fields: fields(), body: HTTPBody(body))
        let response = try await client.send(request, to: destination)
        _ = try await response.body.collect(upTo: 1 << 20)
        guard [201, 409].contains(response.head.status.code) else {
            throw DrilledSystem.Trouble(description: "registration answers \(response.head.status.code)")
        }
        try await logIn()
        for _ in 0..<50 {
            guard case .success(let id?) = await outcome(of: write()) else {
                throw DrilledSystem.Trouble(description: "the first listings can't be written")
            }
            state.withLock { $0.written.append(id) }
        }
    }

    private func logIn() async throws {
        let body = #"{"email":"drill@example.com","password":"\#(Self.password)"}"#
        let request = HTTPRequest(.post, "/api/auth/login", fields: fields(), body: HTTPBody(body))
        let response = try await client.send(request, to: destination)
        let answer = try JSONText.decode(JSONValue.self, from: try await response.body.collect(upTo: 1 << 20))
        guard let token = answer["accessToken"]?.string else {
            throw DrilledSystem.Trouble(description: "login answers \(response.head.status.code)")
        }
        state.withLock { $0.token = token }
    }

    /// What came since the last time this was asked.
    func take() -> Figures {
        state.withLock { state in
            defer { state.figures = Figures() }
            return state.figures
        }
    }

    /// The listings that were acknowledged and can't be read.
    func lost() async -> Int {
        let written = state.withLock { $0.written }
        var lost = 0
        for id in written {
            let request = HTTPRequest(.get, "/api/listings/\(id)")
            if case .failure = await outcome(of: request) { lost += 1 }
        }
        return lost
    }

    var writtenCount: Int { state.withLock { $0.written.count } }

    func close() async { await client.close() }
}
