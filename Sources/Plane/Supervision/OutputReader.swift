import Glibc
import Reactor

/// Reads what a program writes, on an event loop, and hands it on line by line.
///
/// Lives in its loop's registration, until the last process that can write has gone.
final class OutputReader: ReadinessHandler {
    private let socket: Descriptor
    private let loop: EventLoop
    private let lines: AsyncStream<String>.Continuation
    private var rest: [UInt8] = []

    /// A longer line is handed on in pieces.
    private static let lineLimit = 1 << 16

    private init(_ socket: consuming Descriptor, _ loop: EventLoop, _ lines: AsyncStream<String>.Continuation)
    {
        self.socket = socket
        self.loop = loop
        self.lines = lines
    }

    /// Begins to read from `socket`; the stream ends with the output.
    static func start(
        _ socket: consuming Descriptor,
        on loop: EventLoop,
        _ lines: AsyncStream<String>.Continuation
    ) {
        let number = socket.release()
        loop.execute {
            let reader = OutputReader(Descriptor(owning: number), loop, lines)
            do throws(SystemError) {
                try loop.local.register(number, for: [.readable, .peerClosed], handler: reader)
            } catch {
                lines.yield("\(error)")
                lines.finish()
            }
        }
    }

    func ready(_ readiness: Readiness) {
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
        while true {
            let count = unsafe recv(socket.number, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            if count > 0 {
                take(buffer[..<count])
            } else if count == 0 || errno != EAGAIN && errno != EINTR {
                return finish()
            } else if errno == EAGAIN {
                return
            }
        }
    }

    private func take(_ bytes: ArraySlice<UInt8>) {
        for byte in bytes {
            if byte != UInt8(ascii: "\n") { rest.append(byte) }
            if byte == UInt8(ascii: "\n") || rest.count == Self.lineLimit { flush() }
        }
    }

    private func flush() {
        lines.yield(String(decoding: rest, as: UTF8.self))
        rest.removeAll(keepingCapacity: true)
    }

    private func finish() {
        if !rest.isEmpty { flush() }
        lines.finish()
        loop.local.unregister(socket.number, keepsOpen: true)
    }
}
