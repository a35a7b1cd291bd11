public import Reactor

/// A piece of work in a trace. A handle: copies mean the same span, and any thread may use it.
///
/// One that is not recorded costs its ids alone and still passes them on. What comes after ``end(at:)`` is ignored.
public struct TraceSpan: Sendable {
    /// The ids, as the sampling at the beginning left them.
    public let context: SpanContext
    let recording: (any RecordedSpan)?

    init(_ context: SpanContext, _ recording: (any RecordedSpan)?) {
        self.context = context
        self.recording = recording
    }

    /// No span: names no trace, records nothing.
    public static let none = TraceSpan(.none, nil)

    /// Whether what is set here is kept, at least for now: check it before making an expensive attribute.
    public var isRecording: Bool { recording != nil }

    /// What to send to others: as ``context``, and sampled once the trace is kept after all.
    public var propagated: SpanContext {
        guard let trace = recording?.trace, trace.isKept else { return context }
        var context = context
        context.isSampled = true
        return context
    }

    /// Sets an attribute, in the place of one with the same name.
    public func set(_ key: AttributeKey, _ value: AttributeValue) {
        recording?.change { $0.set(key, value, $1) }
    }

    /// Sets several attributes at once, which costs less than one after the other.
    public func set(_ attributes: @autoclosure () -> Attributes) {
        recording?.change { content, limits in
            for attribute in attributes().list { content.set(attribute.key, attribute.value, limits) }
        }
    }

    /// Changes the name, as soon as the route is known.
    public func rename(_ name: String) { recording?.change { content, _ in content.name = name } }

    /// Says how the work ended; `ok` stays, and `unset` changes nothing.
    public func setStatus(_ status: SpanStatus) { recording?.change { content, _ in content.set(status) } }

    /// Adds something that happened.
    public func addEvent(
        _ name: String,
        _ attributes: @autoclosure () -> Attributes = Attributes(),
        at time: MonotonicInstant = .now
    ) {
        recording?.change { content, limits in
            let (kept, dropped) = limits.bounded(attributes())
            content.add(
                SpanEvent(name: name, time: time, attributes: kept, droppedAttributes: dropped),
                limits
            )
        }
    }

    /// Adds a span that caused this one.
    public func addLink(_ other: SpanContext, _ attributes: @autoclosure () -> Attributes = Attributes()) {
        recording?.change { content, limits in
            let (kept, dropped) = limits.bounded(attributes())
            content.add(SpanLink(context: other, attributes: kept, droppedAttributes: dropped), limits)
        }
    }

    /// Notes a thrown error: an event `exception`, `error.type`, and the status. A cancelled task is no error.
    public func record(_ error: any Error, at time: MonotonicInstant = .now) {
        guard isRecording, !(error is CancellationError) else { return }
        let type = String(reflecting: type(of: error))
        let message = Redactor.standard.text("\(error)")
        addEvent("exception", [.exceptionType: .string(type), .exceptionMessage: .string(message)], at: time)
        set(.errorType, .string(type))
        setStatus(.error(message))
    }

    /// Ends the span; the second time does nothing.
    public func end(at time: MonotonicInstant = .now) {
        guard let recording, recording.finish(at: time) else { return }
        recording.tracer.finished(recording, at: time)
    }
}
