import Reactor
import TestSupport
import Testing

@testable import HTTP

@Suite("the reading half of a connection", .timeLimit(.minutes(1))) struct MessageSourceTests {
    /// Who waited behind the end could find the next message's content in the place of its own.
    @Test("behind a content's end nothing is waited for, also when the loop should be left to others")
    func end() async throws {
        let (content, count) = ("hello", 1 << 20)
        let server = try ScriptedServer { peer, _ in
            try peer.send(content)
            try peer.read(count: count)
        }
        defer { server.stop() }
        let loop = try TestLoops.two.loops[0]
        try await Task(executorPreference: loop) {
            let deadline = MonotonicInstant.now + .seconds(20)
            let socket = try await StreamSocket.connect(
                to: server.address,
                on: loop,
                deadline: deadline,
                shortestTimeout: .seconds(1)
            )
            defer { socket.close() }
            let source = MessageSource(socket)
            #expect(source.begin(.length(content.utf8.count), HTTPLimits()) == nil)
            var received: [UInt8] = []
            while received.count < content.utf8.count {
                let piece = try await source.readPiece { () throws(HTTPProtocolError) in
                    _ = await socket.readable()
                }
                received += try #require(piece)
            }
            #expect(received == Array(content.utf8))
            // The kernel of a new connection takes this much at once.
            let bytes = [UInt8](repeating: 120, count: count)
            _ = unsafe bytes.withUnsafeBytes { unsafe socket.write($0) }
            try #require(socket.isGreedy)
            #expect(try await source.readPiece { () throws(HTTPProtocolError) in } == nil)
            #expect(socket.isGreedy, "it has left the loop to others")
        }.value
    }
}
