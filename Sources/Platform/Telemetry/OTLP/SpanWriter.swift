import Reactor

/// Writes spans as OTLP has them (opentelemetry-proto, trace.v1 `Span`), one behind the other, without what is a secret.
///
/// A span's attributes come one by one from what was recorded, and their bytes are written as they are: most need no text
/// of their own. One that was set while the span was recorded stands in the place of any of that name.
struct SpanWriter {
    /// `Span.attributes` (trace.v1).
    static let spanAttributes = 9

    let encoding: OTLPSettings.Encoding
    /// Turns its instants into dates.
    let clock: WallClock
    let redactor = Redactor.standard
    /// What is written.
    var output: ProtobufWriter

    /// The attributes of the span that is being written that were set, and not written yet.
    private var own: [Attribute] = []
    /// How many more it may have, and how many were over that.
    private var (room, dropped) = (0, 0)
    /// Bytes of a text; see ``SpanLimits``.
    private var textByteCount = 0

    /// Begins with nothing written.
    init(_ encoding: OTLPSettings.Encoding, _ clock: WallClock) {
        (self.encoding, self.clock) = (encoding, clock)
        output = ProtobufWriter()
    }

    /// Attributes by themselves: elements of such a field in protocol buffers, in JSON each behind a comma.
    static func written(
        _ attributes: [Attribute],
        _ field: Int = spanAttributes,
        as encoding: OTLPSettings.Encoding
    ) -> [UInt8] {
        // Nothing in them is a date.
        var writer = SpanWriter(encoding, WallClock(nanoseconds: 0, at: MonotonicInstant(nanoseconds: 0)))
        for attribute in attributes { writer.write(attribute, field) }
        return writer.output.bytes
    }

    /// Adds a span.
    ///
    /// - Parameters:
    ///   - core: what it has had since it began.
    ///   - end: when it ended; nil for now.
    ///   - content: what was set.
    ///   - limits: how much it may hold.
    ///   - derive: adds the attributes that come with it.
    mutating func append(
        _ core: borrowing SpanCore,
        _ end: MonotonicInstant?,
        _ content: borrowing SpanContent,
        _ limits: SpanLimits,
        _ derive: (inout SpanWriter) -> Void
    ) {
        (own, dropped) = (content.attributes, content.droppedAttributes)
        (room, textByteCount) = (limits.attributes, limits.textByteCount)
        let times = (start: date(core.start), end: date(end ?? .now))
        switch encoding {
        case .json: appendJSON(core, times, content, derive)
        case .protobuf: appendProtobuf(core, times, content, derive)
        }
    }

    /// Adds the attributes that `derive` brings, and those that were set.
    ///
    /// - Returns: how many were dropped.
    mutating func addAttributes(_ derive: (inout SpanWriter) -> Void) -> Int {
        derive(&self)
        for attribute in own { add(attribute) }
        return dropped
    }

    private mutating func add(_ attribute: Attribute) {
        guard takePlace() else { return }
        write(Attribute(attribute.key, attribute.value.truncated(to: textByteCount)))
    }

    private mutating func takePlace() -> Bool {
        guard room > 0 else {
            dropped += 1
            return false
        }
        room -= 1
        return true
    }

    /// Adds an attribute without what is a secret, in protocol buffers as an element of such a field.
    mutating func write(_ attribute: Attribute, _ field: Int = spanAttributes) {
        let (key, value) = (attribute.key, redactor.value(attribute))
        switch encoding {
        case .json: appendJSON(key, value)
        case .protobuf: appendProtobuf(key, value, field)
        }
    }

    private func indexOfOwn(_ key: AttributeKey) -> Int? { own.firstIndex { $0.key == key } }

    // MARK: Parts

    /// Flags of a span: `sampled`, and whether the parent is in another process (trace.v1 `SpanFlags`).
    static func flags(_ context: SpanContext, isParentRemote: Bool) -> UInt32 {
        (context.isSampled ? 1 : 0) | 0x100 | (isParentRemote ? 0x200 : 0)
    }

    /// The number of a status (trace.v1 `Status.StatusCode`) and its text.
    static func status(_ status: SpanStatus) -> (code: Int, message: String) {
        switch status {
        case .unset: (0, "")
        case .ok: (1, "")
        case .error(let message): (2, message)
        }
    }

    /// An instant's date, nanoseconds since 1970.
    func date(_ instant: MonotonicInstant) -> UInt64 { UInt64(max(0, clock.nanoseconds(of: instant))) }
}

extension SpanWriter: AttributeSink {
    mutating func add(_ shared: SharedAttributes) {
        let list = shared.list
        let isWhole =
            list.count <= room && shared.textByteCount <= textByteCount
            && (own.isEmpty || !list.contains { indexOfOwn($0.key) != nil })
        guard isWhole else {
            for attribute in list { add(indexOfOwn(attribute.key).map { own.remove(at: $0) } ?? attribute) }
            return
        }
        room -= list.count
        output.raw(encoding == .json ? shared.json : shared.protobuf)
    }

    mutating func add(_ key: AttributeKey, _ opening: String, _ text: Span<UInt8>) {
        if let index = indexOfOwn(key) { return add(own.remove(at: index)) }
        let count = opening.utf8.count + text.count
        let isPlain =
            key.knowledge == .plainValues
            || key.knowledge == .plainName && SecretScan.findings(in: text).isEmpty
        guard isPlain, count <= textByteCount, text.isUTF8 else {
            return add(Attribute(key, .string(opening + text.text)))
        }
        guard takePlace() else { return }
        switch encoding {
        case .json: appendJSON(key, opening, text)
        case .protobuf: appendProtobuf(key, opening, text)
        }
    }

    mutating func add(_ key: AttributeKey, _ number: Int) {
        if let index = indexOfOwn(key) { return add(own.remove(at: index)) }
        guard takePlace() else { return }
        write(Attribute(key, .int(number)))
    }
}
