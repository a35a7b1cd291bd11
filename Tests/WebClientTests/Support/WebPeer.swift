import Dispatch
import Foundation
import Glibc
import Reactor
import TestSupport
import Testing

@testable import WebClient

/// `web_peer.py` while it runs: a server that does what the path says, and a CONNECT proxy.
struct WebPeer: Sendable {
    let port: UInt16
    let isTLS: Bool
    /// What it reports, line by line.
    let events: Events<String>

    /// Its address, by number.
    func destination() throws -> WebDestination {
        try WebDestination(isTLS ? .https : .http, host: "127.0.0.1", port: port)
    }

    /// Starts it, uses it and ends it; with TLS when it gets a certificate.
    static func run(
        _ certificate: Certificates.Pair? = nil,
        _ body: (WebPeer) async throws -> Void
    ) async throws {
        let (ours, theirs) = try SocketPair.make()
        let script = Program.script("../Peers/web_peer.py")
        let arguments = [script] + (certificate.map { [$0.file, $0.key] } ?? [])
        let process = try Program.start("python3", arguments, input: theirs, output: theirs)
        close(theirs)
        let events = Events<String>()
        read(ours, into: events)
        do {
            let port = try #require(await events.next().flatMap { UInt16($0) }, "the peer does not start")
            try await body(WebPeer(port: port, isTLS: certificate != nil, events: events))
            // The end of its input.
            shutdown(ours, Int32(SHUT_WR))
            _ = try await process.wait()
        } catch {
            process.signal(SIGKILL, toGroup: true)
            _ = try await process.wait()
            throw error
        }
    }

    /// Hands on what the program writes, from a thread of its own, until it ends.
    private static func read(_ number: Int32, into events: Events<String>) {
        DispatchQueue(label: "peer").async {
            guard let file = unsafe fdopen(number, "r") else { return events.finish() }
            var room = [CChar](repeating: 0, count: 4096)
            while unsafe fgets(&room, Int32(room.count), file) != nil {
                let bytes = room.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }
                events.note(String(decoding: bytes, as: UTF8.self))
            }
            unsafe fclose(file)
            events.finish()
        }
    }
}
