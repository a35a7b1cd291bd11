/// A span that has ended, on its way to where spans are kept: a reference.
public struct EndedSpan: Sendable {
    private let recording: any RecordedSpan

    init(_ recording: any RecordedSpan) { self.recording = recording }

    /// All that was recorded.
    public var data: SpanData { recording.data }

    /// Writes the same behind what is there.
    func write(to writer: inout SpanWriter) { recording.write(to: &writer) }
}
