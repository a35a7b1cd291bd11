/// A span that has ended, on its way to where spans are kept; as large as a pointer.
public struct EndedSpan: Sendable {
    private let recording: SpanRecording

    init(_ recording: SpanRecording) { self.recording = recording }

    /// All that was recorded.
    public var data: SpanData { recording.data }
}
