import HTTP

extension Tunnel {
    /// Moves what the upstream sends; in a drain, a Close is put in where the gate allows it, and what comes behind it is
    /// read and dropped.
    func pumpDown() async {
        while let piece = await read(upstream, else: .upstreamLeft) {
            let count = kind == .webSocket ? down.pass(piece.span) : piece.count
            guard await write(piece, count, to: client, else: .clientLeft) else { return }
            byteCountDown += count
            guard down.shut() else { continue }
            let frame = CloseFrame.bytes(
                CloseFrame.serviceRestart,
                "reconnect in \(reconnectMilliseconds) ms"
            )
            leave()
            guard await write(frame, frame.count, to: client, else: .clientLeft) else { return }
            byteCountDown += frame.count
            hasSaidClose = true
            if up.hasClosed { await client.finishWriting() }
        }
        await client.finishWriting()
    }

    /// Moves what the client sends. In a drain that goes on until its answer to the Close, so that nothing is lost which
    /// it had sent before, and this answer closes the upstream as well; without one, a Close of ours does.
    func pumpUp() async {
        while let piece = await read(client, else: .clientLeft) {
            let count = kind == .webSocket ? up.pass(piece.span) : piece.count
            guard await write(piece, count, to: upstream, else: .upstreamLeft) else { return }
            byteCountUp += count
            if hasSaidClose, up.hasClosed { await client.finishWriting() }
            guard up.shut() else { continue }
            // The client had its time; the rest is between us and the upstream.
            guard await sendGoingAway() else { return }
            return await client.finishWriting()
        }
        if isLeaving {
            up.ask(.betweenFrames)
            if up.shut() { guard await sendGoingAway() else { return } }
        }
        await upstream.finishWriting()
    }

    private func sendGoingAway() async -> Bool {
        let mask = UInt32.random(in: .min ... .max)
        let frame = CloseFrame.bytes(CloseFrame.goingAway, "gateway restarts", mask: mask)
        guard await write(frame, frame.count, to: upstream, else: .upstreamLeft) else { return false }
        byteCountUp += frame.count
        return true
    }

    /// The next piece, which is empty where there is something else to do; nil at the end of that side, or of all.
    private func read(_ source: UpgradedConnection, else reason: TunnelEnd.Reason) async -> [UInt8]? {
        do {
            let piece = try await source.read()
            if piece?.isEmpty == false { moved() }
            return piece
        } catch {
            stop(reason)
            return nil
        }
    }

    /// Writes the first bytes of a piece; false when all is over.
    private func write(
        _ piece: [UInt8],
        _ count: Int,
        to sink: UpgradedConnection,
        else reason: TunnelEnd.Reason
    ) async -> Bool {
        guard count > 0 else { return true }
        do {
            let bytes = count == piece.count ? piece : Array(piece[..<count])
            try await sink.write(bytes, patience: settings.idleTimeout)
            moved()
            return true
        } catch {
            stop(reason)
            return false
        }
    }
}
