import CCurl
import Reactor

/// One `CURLM` handle on one loop's sockets and timers: the connections of a client there. Used on that loop alone, as
/// libcurl asks: a handle must not be used by two threads at once (libcurl-thread(3)).
///
/// libcurl expects to be told of a socket as long as it is ready (level-triggered); the loop tells of an edge once.
/// So a socket is watched anew each time that libcurl has looked at it: an edge that still holds is reported again.
@safe final class CurlMulti {
    private let loop: EventLoop
    // Valid until `deinit`, which alone frees it.
    private let handle: UnsafeMutableRawPointer
    private var sockets: [Int32: SocketWatch] = [:]
    /// The transfers whose handles are in this one, so that the callbacks' pointers to them hold.
    private var running: [ObjectIdentifier: Transfer] = [:]
    private var timer: LoopLocal.Timer?
    private var isTurnQueued = false
    /// Why a socket could not be watched, while those that end by it are told.
    private(set) var watchFailure: SystemError?
    /// Whose isolation this is in: work that is due at once is done in the loop's next turn, through it.
    weak var owner: WebLoop?

    init(_ loop: EventLoop, _ settings: WebClientSettings) throws(WebClientError) {
        guard let handle = unsafe curl_multi_init() else { throw .failed("no memory for a client") }
        self.loop = loop
        unsafe self.handle = handle
        // One exchange at a time on a connection, by HTTP/2 as well: with libcurl 7.88 an answer whose reader is slow
        // holds up all others on its connection (curl issues 10988, 4939).
        unsafe ccurl_multi_set_long(handle, CURLMOPT_PIPELINING, ccurl_pipe_nothing())
        unsafe ccurl_multi_set_long(handle, CURLMOPT_MAX_TOTAL_CONNECTIONS, settings.connectionsPerLoop)
        unsafe ccurl_multi_set_long(handle, CURLMOPT_MAX_HOST_CONNECTIONS, settings.connectionsPerHost)
        unsafe ccurl_multi_set_long(handle, CURLMOPT_MAXCONNECTS, settings.connectionsPerLoop)
        // Not retained: the handle, which calls back with it, does not outlive this object.
        let raw = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe ccurl_multi_set_pointer(handle, CURLMOPT_SOCKETDATA, raw)
        unsafe ccurl_multi_set_pointer(handle, CURLMOPT_TIMERDATA, raw)
        unsafe ccurl_multi_set_socket_callback(handle, Self.socketCallback)
        unsafe ccurl_multi_set_timer_callback(handle, Self.timerCallback)
    }

    deinit {
        // On whichever thread: no transfer is left (each holds its owner through its call), so no socket is watched.
        unsafe ccurl_multi_set_socket_callback(handle, nil)
        unsafe ccurl_multi_set_timer_callback(handle, nil)
        unsafe curl_multi_cleanup(handle)
    }

    // MARK: Transfers

    /// Starts a transfer; it is held until it ends or is removed.
    func add(_ transfer: Transfer, _ easy: CurlEasy) throws(WebClientError) {
        running[ObjectIdentifier(transfer)] = transfer
        let code = unsafe easy.withHandle { unsafe curl_multi_add_handle(handle, $0) }
        guard code != CURLM_OK else { return }
        running[ObjectIdentifier(transfer)] = nil
        throw .failed(Self.text(code))
    }

    /// Takes a transfer out; its callbacks are not called any more.
    func remove(_ transfer: Transfer, _ easy: CurlEasy) {
        guard running[ObjectIdentifier(transfer)] != nil else { return }
        _ = unsafe easy.withHandle { unsafe curl_multi_remove_handle(handle, $0) }
        running[ObjectIdentifier(transfer)] = nil
    }

    /// Closes the unused connections and ends all transfers.
    func close(_ reason: WebClientError) {
        for transfer in running.values { transfer.fail(reason) }
    }

    // MARK: Driving libcurl

    /// Lets libcurl look at a socket, or at its clock.
    private func act(_ socket: Int32, _ events: Int32) {
        var count: Int32 = 0
        unsafe curl_multi_socket_action(handle, socket, events, &count)
        endFinished()
        watchFailure = nil
    }

    /// Tells transfers that libcurl is done with them. Outside of its callbacks, where handles may be removed.
    private func endFinished() {
        var left: Int32 = 0
        while let message = unsafe curl_multi_info_read(handle, &left) {
            guard unsafe message.pointee.msg == CURLMSG_DONE, let easy = unsafe message.pointee.easy_handle
            else {
                continue
            }
            let code = unsafe ccurl_result(message)
            var raw: UnsafeMutableRawPointer?
            guard unsafe ccurl_get_pointer(easy, &raw) == CURLE_OK, let raw = unsafe raw else { continue }
            // `running` holds it: its handle is still in this one.
            unsafe Unmanaged<Transfer>.fromOpaque(raw).takeUnretainedValue().ended(code)
        }
    }

    /// Does what is due at once. Not from within libcurl's callbacks, hence in the loop's next turn.
    func queueTurn() {
        guard !isTurnQueued else { return }
        isTurnQueued = true
        loop.execute { [weak owner] in owner?.assumeIsolated { $0.turn() } }
    }

    func turn() {
        isTurnQueued = false
        act(ccurl_timeout_socket(), 0)
    }

    fileprivate func watch(_ socket: Int32, _ what: Int32) -> Int32 {
        guard what != CURL_POLL_REMOVE else {
            sockets.removeValue(forKey: socket)?.end()
            return 0
        }
        do throws(SystemError) {
            try watched(socket).set(what)
            return 0
        } catch {
            watchFailure = error
            return -1
        }
    }

    private func watched(_ socket: Int32) -> SocketWatch {
        if let watch = sockets[socket] { return watch }
        let watch = SocketWatch(socket, loop.local) { [unowned self] in act(socket, $0) }
        sockets[socket] = watch
        return watch
    }

    /// `milliseconds`: -1 for no timer, 0 for at once (CURLMOPT_TIMERFUNCTION(3)).
    fileprivate func setTimer(_ milliseconds: Int) {
        if let timer { loop.local.cancel(timer) }
        timer = nil
        guard milliseconds >= 0 else { return }
        guard milliseconds > 0 else { return queueTurn() }
        timer = loop.local.schedule(at: .now + Int64(milliseconds) * 1_000_000) { [weak self] in
            guard let self else { return }
            timer = nil
            act(ccurl_timeout_socket(), 0)
        }
    }

    private static func text(_ code: CURLMcode) -> String {
        unsafe String(cString: curl_multi_strerror(code))
    }

    // MARK: Callbacks

    private static let socketCallback: curl_socket_callback = { _, socket, what, raw, _ in
        guard let raw = unsafe raw else { return -1 }
        return unsafe Unmanaged<CurlMulti>.fromOpaque(raw).takeUnretainedValue().watch(socket, what)
    }

    private static let timerCallback: curl_multi_timer_callback = { _, milliseconds, raw in
        guard let raw = unsafe raw else { return -1 }
        unsafe Unmanaged<CurlMulti>.fromOpaque(raw).takeUnretainedValue().setTimer(milliseconds)
        return 0
    }
}
