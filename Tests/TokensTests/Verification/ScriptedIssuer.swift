import Reactor
import Synchronization

@testable import Tokens

/// An issuer whose keys, failures and time a test decides.
final class ScriptedIssuer: Sendable {
    struct Away: Error {}

    private struct State {
        var document: [UInt8]?
        var now = MonotonicInstant(nanoseconds: 1_000_000_000_000)
        var fetches = 0
        var isHeld = false
        var held: [CheckedContinuation<Void, Never>] = []
    }
    private let state = Mutex(State())

    init(_ keys: [VerificationKey]) throws { try publish(keys) }

    func publish(_ keys: [VerificationKey]) throws {
        let text = try KeySet(keys).jwks()
        publish(document: text)
    }

    func publish(document: String) { state.withLock { $0.document = Array(document.utf8) } }

    /// The next fetches fail.
    func leave() { state.withLock { $0.document = nil } }

    var fetches: Int { state.withLock { $0.fetches } }

    func advance(_ duration: Duration) { state.withLock { $0.now = $0.now + duration } }

    /// Fetches wait from now on until they are let go.
    func hold() { state.withLock { $0.isHeld = true } }

    func letGo() {
        let held = state.withLock { state in
            state.isHeld = false
            defer { state.held = [] }
            return state.held
        }
        for continuation in held { continuation.resume() }
    }

    func cache() -> KeySetCache {
        KeySetCache(
            url: "https://issuer/jwks.json",
            clock: { self.state.withLock(\.now) },
            fetch: { try await self.fetch($0) }
        )
    }

    private func fetch(_ url: String) async throws -> [UInt8] {
        await withCheckedContinuation { continuation in
            let goesOn = state.withLock { state in
                state.fetches += 1
                if state.isHeld { state.held.append(continuation) }
                return !state.isHeld
            }
            if goesOn { continuation.resume() }
        }
        guard url == "https://issuer/jwks.json", let document = state.withLock(\.document) else {
            throw Away()
        }
        return document
    }
}
