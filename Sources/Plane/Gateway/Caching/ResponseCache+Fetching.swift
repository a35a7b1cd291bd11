import HTTP
import Reactor
import Resilience
import Synchronization
import Telemetry

extension ResponseCache {
    /// Fetches for all who wait under a key.
    func lead(
        _ call: CacheCall,
        _ key: [UInt8],
        _ forward: CacheStatus.Forward,
        _ fetch: (HTTPRequest) async throws -> HTTPResponse
    ) async throws -> HTTPResponse {
        // Between the look that found nothing and the lead another flight may have ended.
        let stored = store.find(call.key, route: call.route, call.fields).stored
        if let stored, CacheReuse(of: stored, for: call.directives, at: now()) == .fresh {
            flights.end(key, .kept, at: now().monotonic)
            return answer(call, stored, isCollapsed: true, .hit)
        }
        do {
            let (response, outcome) = try await load(call, stored, forward, fetch)
            flights.end(key, outcome, at: now().monotonic)
            return response
        } catch {
            // A client that left, or had no time, says nothing of the service: another request goes on in its place.
            let hasLeft =
                Task.isCancelled || error is CancellationError
                || Deadline(at: Context.current.deadline).isOver(at: now().monotonic + .milliseconds(5))
            flights.end(key, hasLeft ? .left : .failed, at: now().monotonic)
            throw error
        }
    }

    /// Fetches for this request alone, and keeps the answer all the same if it may be kept.
    func fetchAlone(
        _ call: CacheCall,
        _ lookup: CacheLookup,
        _ forward: CacheStatus.Forward,
        _ fetch: (HTTPRequest) async throws -> HTTPResponse
    ) async throws -> HTTPResponse {
        // Its conditions are the service's to judge, since nothing comes into the cache.
        guard call.request.head.method == .get, !call.directives.noStore else {
            figures.count(.bypass)
            var response = try await fetch(call.request)
            CacheStatus(forward: forward).append(to: &response.head.fields)
            return response
        }
        let (response, outcome) = try await load(call, lookup.stored, forward, isAlone: true, fetch)
        if case .kept = outcome { flights.forgetPass(call.flightKey(lookup)) }
        return response
    }

    /// Asks the service, validating what is kept if that is possible; what is kept may stand in the place of an error.
    private func load(
        _ call: CacheCall,
        _ stored: StoredResponse?,
        _ forward: CacheStatus.Forward,
        isAlone: Bool = false,
        _ fetch: (HTTPRequest) async throws -> HTTPResponse
    ) async throws -> (HTTPResponse, FlightTable.Outcome) {
        do {
            return try await ask(call, stored, forward, isAlone: isAlone, fetch)
        } catch {
            guard !Task.isCancelled, !(error is CancellationError), let stored,
                stored.mayReplaceError(at: now())
            else { throw error }
            return (answer(call, stored, isCollapsed: false, .stale), .failed)
        }
    }

    private func ask(
        _ call: CacheCall,
        _ stored: StoredResponse?,
        _ forward: CacheStatus.Forward,
        isAlone: Bool,
        _ fetch: (HTTPRequest) async throws -> HTTPResponse
    ) async throws -> (HTTPResponse, FlightTable.Outcome) {
        let known = stored.flatMap { $0.canBeValidated ? $0 : nil }
        let epoch = store.epoch(of: call.key)
        let asked = now()
        // Who asks for itself alone, with nothing to validate, has its conditions judged by the service.
        let isOwn = isAlone && known == nil && call.request.head.method == .get
        let response = try await fetch(
            isOwn ? call.request : CacheConditions.request(call.request, validating: known)
        )
        let came = now()
        if let stored, response.head.status.code >= 500, stored.mayReplaceError(at: came) {
            return (answer(call, stored, isCollapsed: false, .stale), .failed)
        }
        if let known, response.head.status == .notModified {
            if CacheConditions.confirms(response.head.fields, known.fields) {
                return refreshed(call, known, response.head, epoch, asked, came)
            }
            // It speaks of another answer than ours (§4.3.4): ours is worth nothing.
            store.remove(call.key, known)
            return try await ask(call, nil, forward, isAlone: isAlone, fetch)
        }
        return try await keep(call, response, forward, epoch, asked, came)
    }

    /// What is kept still holds (§4.3.4).
    private func refreshed(
        _ call: CacheCall,
        _ stored: StoredResponse,
        _ head: HTTPResponseHead,
        _ epoch: UInt32,
        _ asked: CacheInstant,
        _ came: CacheInstant
    ) -> (HTTPResponse, FlightTable.Outcome) {
        var updated = HTTPResponseHead(stored.status, fields: stored.fields)
        updated.fields = CacheConditions.fields(stored.fields, updatedBy: head.fields)
        // Without a date of its own the 304 was made when it came (RFC 9110 §6.6.1).
        if !head.fields.contains(.date) { updated.fields.set(.date, HTTPDate.format(came.date)) }
        var status = CacheStatus(forward: .stale, forwardStatus: .notModified)
        figures.count(.revalidated)
        guard let fresh = entry(call, updated, stored.body, asked, came) else {
            store.remove(call.key, stored)
            return (response(call, updated, stored.body, came, status), .notKept)
        }
        status.isStored = store.insert(call.key, fresh, since: epoch)
        return (answer(call, fresh, status), outcome(fresh, isStored: status.isStored))
    }

    /// Keeps an answer if it may be kept, and gives it to the client.
    private func keep(
        _ call: CacheCall,
        _ response: HTTPResponse,
        _ forward: CacheStatus.Forward,
        _ epoch: UInt32,
        _ asked: CacheInstant,
        _ came: CacheInstant
    ) async throws -> (HTTPResponse, FlightTable.Outcome) {
        figures.count(.miss)
        var response = response
        var status = CacheStatus(forward: forward)
        if mayKeep(call, response, asked, came) {
            let (content, rest) = try await content(of: response.body)
            if let rest {
                response.body = rest
            } else if let fresh = entry(call, response.head, content, asked, came) {
                status.isStored = store.insert(call.key, fresh, since: epoch)
                return (answer(call, fresh, status), outcome(fresh, isStored: status.isStored))
            }
        }
        // The client's conditions were not the service's to judge.
        if response.head.status == .ok,
            CacheConditions.isNotModified(call.fields, response.head.fields, receivedAt: came.date)
        {
            response = HTTPResponse(.notModified, fields: CacheConditions.notModified(response.head.fields))
        }
        status.append(to: &response.head.fields)
        return (response, .notKept)
    }

    /// What becomes of those who wait: an answer that has to be validated for each of them is not worth to wait for. One that
    /// is not in the cache because its target was changed meanwhile says nothing of the next.
    private func outcome(_ fresh: StoredResponse, isStored: Bool) -> FlightTable.Outcome {
        guard isStored else { return .failed }
        return CacheReuse(of: fresh, for: CacheDirectives(), at: now()) == .fresh ? .kept : .notKept
    }

    private func mayKeep(
        _ call: CacheCall,
        _ response: HTTPResponse,
        _ asked: CacheInstant,
        _ came: CacheInstant
    ) -> Bool {
        guard response.body.length ?? 0 <= settings.entryLimit, response.observer == nil else { return false }
        let directives = CacheDirectives(response.head.fields)
        let age = CacheAge(response.head.fields, directives, request: asked, response: came)
        let objection = CacheRules.objection(
            to: response.head,
            directives,
            age,
            request: call.fields,
            call.directives
        )
        return objection == nil
    }

    private func entry(
        _ call: CacheCall,
        _ head: HTTPResponseHead,
        _ body: [UInt8],
        _ asked: CacheInstant,
        _ came: CacheInstant
    ) -> StoredResponse? {
        let directives = CacheDirectives(head.fields)
        let age = CacheAge(head.fields, directives, request: asked, response: came)
        let objection = CacheRules.objection(to: head, directives, age, request: call.fields, call.directives)
        guard objection == nil else { return nil }
        return StoredResponse(
            route: call.route,
            head,
            body: body,
            directives,
            age,
            request: call.fields
        )
    }

    /// Reads a content whole; when it is larger than what is kept, gives it back as a stream with what was read in front.
    private func content(of body: HTTPBody) async throws -> (bytes: [UInt8], rest: HTTPBody?) {
        if let whole = body.whole { return (whole, nil) }
        let room = FillingRoom(body.length ?? settings.entryLimit, of: filling)
        guard filling.count <= settings.fillLimit else { return ([], body) }
        var bytes: [UInt8] = []
        if let length = body.length { bytes.reserveCapacity(length) }
        for try await piece in body {
            bytes.append(contentsOf: piece)
            if bytes.count > settings.entryLimit {
                let resumed = ResumedContent(start: StartedContent(bytes, room), rest: body)
                return ([], HTTPBody(resumed, length: body.length) { await body.trailers })
            }
        }
        // What grew as it came holds up to twice of what it needs.
        return (body.length == nil ? unsafe bytes.withUnsafeBufferPointer { unsafe Array($0) } : bytes, nil)
    }
}

/// Bytes set aside for contents that are being read.
final class Filling: Sendable {
    fileprivate let bytes = Atomic(0)
    /// How many.
    var count: Int { bytes.load(ordering: .relaxed) }
}

/// A content's part of them, until nobody holds it.
private final class FillingRoom: Sendable {
    private let byteCount: Int
    private let filling: Filling

    init(_ byteCount: Int, of filling: Filling) {
        (self.byteCount, self.filling) = (byteCount, filling)
        filling.bytes.add(byteCount, ordering: .relaxed)
    }

    deinit { filling.bytes.subtract(byteCount, ordering: .relaxed) }
}

/// The beginning of a content, which is held until it is taken.
private final class StartedContent: Sendable {
    private let held: Mutex<(bytes: [UInt8], room: FillingRoom)?>

    init(_ bytes: [UInt8], _ room: FillingRoom) { held = Mutex((bytes, room)) }

    func take() -> [UInt8]? { held.withLock { $0.take() }?.bytes }
}

/// A content whose beginning was read already. Whoever reads on from a content of the network gets what was not read yet.
private struct ResumedContent: AsyncSequence, Sendable {
    let start: StartedContent
    let rest: HTTPBody

    struct AsyncIterator: AsyncIteratorProtocol {
        let start: StartedContent
        var rest: HTTPBody.AsyncIterator

        mutating func next(isolation actor: isolated (any Actor)?) async throws -> [UInt8]? {
            if let bytes = start.take() { return bytes }
            return try await rest.next(isolation: actor)
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(start: start, rest: rest.makeAsyncIterator()) }
}
