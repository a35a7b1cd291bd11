import Reactor

/// One client's connection: reads a request, has it answered, and so on until one side ends it (RFC 9112 §9).
///
/// Lives in the isolation of its ``ServerLoop``. Reading stands in `ServerConnection+Reading`, answering in
/// `ServerConnection+Writing`.
@safe final class ServerConnection: StreamSocketOwner, QueuedSender {
    /// Where the connection stands; a deadline means something else in each.
    enum Phase {
        /// Between requests.
        case idle
        /// A head has begun.
        case head
        /// The handler has the request; nothing of the answer is out.
        case handling
        /// The answer's head is out, or the connection speaks another protocol.
        case answering
        /// Nothing more will be answered: only the end is waited for.
        case ending
    }

    /// How the wait for a request ends.
    enum Wait {
        case gotHead
        /// Nothing was heard for a while: the task is to end, the connection is not.
        case parked
        /// The connection is to end, for which all has been done.
        case over
    }

    let slot: Int
    let socket: StreamSocket
    let context: ServerContext
    unowned let server: ServerLoop
    private(set) var remoteAddress: SocketAddress?
    var task: Task<Void, Never>?
    /// Whether it has a client, or works for one that is gone.
    private(set) var isServing = false
    /// What wakes its task, which rests between two clients until the second is heard of.
    var next: UnsafeContinuation<Bool, Never>?
    /// Whether it has been idle for so long that its task has ended: what is heard next starts another one.
    private var isParked = false
    /// Keeps the loop's part there while no task does.
    private var held: ServerLoop?
    /// Whether the idle time goes on that began before it was parked.
    var hasBeenParked = false
    /// When its idle time is up.
    var idleDeadline = MonotonicInstant.distantFuture

    var phase = Phase.idle
    /// Names the present request; 0 without one.
    var exchange = 0
    /// How many requests have been read.
    var requestCount = 0
    #if !DEBUG
    @safe @exclusivity(unchecked)
    #endif
    var parser: RequestParser
    /// What the present request's head says about it.
    var version = HTTPVersion.http11
    var frame = RequestParser.Frame()
    let source: MessageSource
    let sink: MessageSink
    /// Where the request's time is up; moved by the time spent waiting for its content.
    var requestDeadline = MonotonicInstant.distantFuture
    /// How long its content may still keep us waiting.
    var contentPatience = Duration.zero
    var contentCount = 0
    var contentLimit = 0
    var awaitsContinue = false
    var isReading = false
    /// Whether nothing more of it is given to anybody: the connection ends behind its answer.
    var isContentOver = false
    /// Who waits for the end of a read that nothing is given to any more.
    var readingEnd: UnsafeContinuation<Void, Never>?
    /// What the content broke; the answer then says so.
    var refusal: HTTPProtocolError?
    var clientLeft = false
    /// Whether this side of an upgraded connection has ended: then a hang-up is its end, and no client left in the middle.
    var hasFinishedWriting = false
    /// What becomes of the present answer.
    var outcome = HTTPExchangeEnd.Outcome.sent
    private var hasProbed = false

    init(
        _ slot: Int,
        _ socket: StreamSocket,
        _ context: ServerContext,
        _ server: ServerLoop
    ) {
        self.slot = slot
        self.socket = socket
        self.context = context
        self.server = server
        parser = RequestParser(limits: context.settings.limits)
        source = MessageSource(socket)
        sink = MessageSink(socket, room: context.room, timeout: context.settings.writeTimeout)
    }

    /// Begins with a client whose socket has just been opened.
    func begin(with address: SocketAddress?) {
        isServing = true
        remoteAddress = address
        phase = .idle
        requestCount = 0
        refusal = nil
        clientLeft = false
        hasFinishedWriting = false
        hasProbed = false
        hasBeenParked = false
        awaitsContinue = false
        frame = RequestParser.Frame()
        source.reset()
        sink.reset()
        socket.owner = self
        idleDeadline = socket.local.now + context.times.head
        socket.deadline = idleDeadline
    }

    /// Serves until the connection ends; false when it is parked.
    func serve() async -> Bool {
        var wait = await awaitHead()
        while wait == .gotHead, await answerNext() {
            if socket.isGreedy { await socket.giveWay() }
            wait = await awaitHead()
        }
        // Not asked of the connection: it may have been woken, and have another task, since this one left it.
        guard wait != .parked else { return false }
        sink.flushNow()
        socket.close(forReuse: true)
        exchange = 0
        isServing = false
        return true
    }

    /// Ends its task while nothing is heard: a task that has answered a request keeps the memory that took (some 20 KiB at
    /// a gateway), and most connections are idle for most of the time.
    func park() {
        isParked = true
        hasBeenParked = true
        task = nil
        held = server
        context.tally.connectionsParked += 1
        socket.deadline = idleDeadline
    }

    /// Has a task serve it.
    func start() {
        defer { held = nil }
        task = Task(executorPreference: server.loop) { [server, slot] in await server.work(slot) }
    }

    /// Wakes its task, or starts another one: for a client who has been heard of, or, with false, for good.
    func wake(_ hasClient: Bool) {
        if isParked {
            isParked = false
            start()
        } else {
            unsafe next.take()?.resume(returning: hasClient)
        }
    }

    /// Whether it may serve another client: nothing of the last one's goes on, and its task isn't told to stop.
    var isReusable: Bool { socket.isReusable && !isReading && !Task.isCancelled }

    var key: IncomingContent.Key { IncomingContent.Key(slot: slot, exchange: exchange) }

    /// Sends its answers in a row with those of others. A rest goes as the kernel takes more; its task, if it is idle, also sees
    /// to it that the client takes some in time.
    func sendQueued() {
        guard sink.flushQueued() > 0 else { return }
        socket.watchRoom()
        socket.wakeReader()
    }

    // MARK: From outside

    /// An idle connection gets a moment for a request on its way; a busy one ends with its answer.
    func beginDrain() {
        guard phase == .idle else { return }
        idleDeadline = min(idleDeadline, socket.local.now + context.settings.drainIdleTimeout)
        socket.deadline = min(socket.deadline, idleDeadline)
    }

    /// Ends the connection now, whatever it does.
    func cut() {
        task?.cancel()
        socket.close(reset: true)
        wake(true)
    }

    /// What a client sends ahead waits in the kernel until it is asked for. But when the client ends its side while the
    /// handler works, it may have ended both, and TCP can't tell the two apart: an interim answer, which every client
    /// must understand (RFC 9110 §15.2), is taken in silence by one that still listens and reset by one that is gone.
    func socketHasInput() {
        wake(true)
        if phase == .answering, socket.isPeerClosed { askHalfClosedClient() }
        guard phase == .handling, socket.isPeerClosed, !hasProbed, version == .http11 else {
            return
        }
        hasProbed = true
        sink.append { MessageWriter.appendContinue(to: &$0) }
        sink.flushNow()
    }

    /// Has a client asked that has ended its side and may have ended both, while an answer is on its way that may be silent for
    /// long: nothing can be said to it before the next piece, so the kernel asks, without a byte. One that is gone is found out
    /// when its system has forgotten the connection, a minute later on Linux.
    func askHalfClosedClient() { socket.askSilentPeer(after: .seconds(5)) }

    /// The client is gone: what is done for it stops.
    func socketHungUp() {
        wake(true)
        guard phase == .handling || phase == .answering && !hasFinishedWriting else { return }
        noteClientLeft()
    }

    /// What was not taken when it was sent goes as the kernel takes more, whatever the connection does meanwhile.
    func socketHasRoom() {
        guard !sink.outbox.isEmpty, sink.flushNow() == 0, phase == .ending else { return }
        socket.shutdownWriting()
    }

    func noteClientLeft() {
        guard !clientLeft else { return }
        clientLeft = true
        outcome = .clientLeft
        context.tally.clientDisconnected += 1
        task?.cancel()
    }

    /// Time is up while the handler works (it is told to stop, and the client gets 503), or at the end.
    func socketDeadlinePassed() {
        wake(true)
        switch phase {
        case .handling:
            let error = HTTPProtocolError(.requestTimeout, at: 0)
            context.note(error)
            appendRefusal(error)
            sink.flushNow()
            endSoon()
            task?.cancel()
        case .ending: socket.close()
        case .idle, .head, .answering: break
        }
    }

    /// Ends our side, behind what is still to be sent, and leaves the client a moment to read it. Who still reads the request's
    /// content is told that it is over.
    func endSoon() {
        phase = .ending
        isContentOver = true
        if isReading { socket.wakeReader() }
        if sink.outbox.isEmpty { socket.shutdownWriting() } else { socket.watchRoom() }
        socket.deadline = socket.local.now + context.settings.lingerTimeout
    }
}
