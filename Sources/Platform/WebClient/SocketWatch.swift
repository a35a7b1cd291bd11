import CCurl
import Reactor

/// One of libcurl's sockets on the loop. libcurl owns and closes it.
final class SocketWatch: ReadinessHandler {
    private let socket: Int32
    private let local: LoopLocal
    private let act: (Int32) -> Void
    private var interest = Readiness()
    private var isRegistered = false
    private var isEnded = false
    private var needsRenewal = false

    /// `act` lets libcurl look at the socket; it is told the events (`CURL_CSELECT_*`).
    init(_ socket: Int32, _ local: LoopLocal, _ act: @escaping (Int32) -> Void) {
        self.socket = socket
        self.local = local
        self.act = act
    }

    /// Watches for what libcurl wants (`CURL_POLL_*`).
    func set(_ what: Int32) throws(SystemError) {
        interest = Readiness()
        if what & CURL_POLL_IN != 0 { interest.insert([.readable, .peerClosed]) }
        if what & CURL_POLL_OUT != 0 { interest.insert(.writable) }
        try renew()
    }

    private func renew() throws(SystemError) {
        needsRenewal = false
        guard isRegistered else {
            try local.register(socket, for: interest, handler: self)
            isRegistered = true
            return
        }
        do throws(SystemError) {
            try local.reregister(socket, for: interest)
        } catch {
            // Closed without a word to us, and its number given to a new socket: that one is not watched yet.
            local.unregister(socket)
            try local.register(socket, for: interest, handler: self)
        }
    }

    func ready(_ readiness: Readiness) {
        needsRenewal = true
        act(Self.events(readiness))
        guard needsRenewal, !isEnded else { return }
        do throws(SystemError) {
            try local.reregister(socket, for: interest)
        } catch {
            act(CURL_CSELECT_ERR)
        }
    }

    private static func events(_ readiness: Readiness) -> Int32 {
        var events: Int32 = 0
        if !readiness.isDisjoint(with: [.readable, .peerClosed, .hangup]) { events |= CURL_CSELECT_IN }
        if readiness.contains(.writable) { events |= CURL_CSELECT_OUT }
        if !readiness.isDisjoint(with: .hangup) { events |= CURL_CSELECT_ERR }
        return events
    }

    /// Not watched any more; it may stay open, as a kept connection's does.
    func end() {
        isEnded = true
        if isRegistered { local.unregister(socket, keepsOpen: true) }
    }
}
