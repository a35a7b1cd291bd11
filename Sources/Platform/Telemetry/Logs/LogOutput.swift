import Synchronization

/// Where a process's loggers write: format, levels, redaction and the limit of repeats in one place.
public final class LogOutput: Sendable {
    private enum Format {
        case json(JSONLogFormat, AccessLineFormat)
        case human(HumanLogFormat)

        static func json(service: String, instance: String, _ redactor: Redactor) -> Format {
            let format = JSONLogFormat(service: service, instance: instance, redactor: redactor)
            return .json(format, AccessLineFormat(format))
        }
    }

    /// From which level on each module's lines are written.
    public let levels: LogLevels
    private let sink: any LogSink
    private let format: Format
    private let repeats: Mutex<RepeatLimiter>
    private let accessLevel: LogLevels.Cell
    private let now: @Sendable () -> Int64

    /// Makes an output.
    ///
    /// - Parameters:
    ///   - service: the service's name, for the field `service`.
    ///   - instance: the instance's id, for the field `instance`.
    ///   - style: how lines look.
    ///   - levels: from which level on lines are written.
    ///   - repeatsPerSecond: how often the same message of a module may be written within a second; the others are
    ///     counted and summed up in one line. Default 20.
    ///   - sink: takes the lines.
    ///   - now: the time of day in nanoseconds since 1970.
    public init(
        service: String,
        instance: String,
        style: LogStyle = .json,
        levels: LogLevels = LogLevels(),
        repeatsPerSecond: Int = 20,
        sink: any LogSink,
        now: @escaping @Sendable () -> Int64 = { WallClock.now.nanoseconds }
    ) {
        self.levels = levels
        self.sink = sink
        self.now = now
        accessLevel = levels.cell(of: AccessRecord.module)
        repeats = Mutex(RepeatLimiter(perSecond: repeatsPerSecond))
        let redactor = Redactor.standard
        format =
            switch style {
            case .json: .json(service: service, instance: instance, redactor)
            case .human(let isColored): .human(HumanLogFormat(redactor: redactor, isColored: isColored))
            }
    }

    /// Writes one request's line of the access log; the module is `access`, the level `info`.
    public func access(_ record: AccessRecord) {
        guard accessLevel.isEnabled(.info) else { return }
        let time = now()
        reportDropped(at: time)
        switch format {
        case .json(_, let lines): sink.write { lines.append(record, at: time, to: &$0) }
        case .human: put(record.line(at: time))
        }
    }

    /// Writes the line of a request that has ended: as of its record, without making one.
    func access(_ request: RequestRecord, _ end: RequestEnd) {
        guard accessLevel.isEnabled(.info) else { return }
        let time = now()
        reportDropped(at: time)
        switch format {
        case .json(_, let lines): sink.write { lines.append(request, end, at: time, to: &$0) }
        case .human: put(request.line(end).line(at: time))
        }
    }

    /// Writes what the limit of repeats still holds back: call it before the process ends.
    public func flush() {
        write(repeats.withLock { $0.takeAll() }, at: now())
        reportDropped(at: now())
    }

    func log(
        _ level: LogLevel,
        _ module: String,
        _ message: String,
        _ fields: [Attribute],
        _ more: [Attribute]
    ) {
        let time = now()
        let (isAdmitted, summaries) = repeats.withLock { repeats in
            let summaries = repeats.takeSummaries(at: time)
            return (repeats.admit(.init(module: module, message: message), level, at: time), summaries)
        }
        write(summaries, at: time)
        reportDropped(at: time)
        guard isAdmitted else { return }
        let context = Context.current
        put(
            LogLine(
                time: time,
                level: level,
                module: module,
                message: message,
                span: context.span.context,
                requestID: context.requestID,
                fields: fields,
                more: more
            )
        )
    }

    private func write(_ summaries: [RepeatLimiter.Summary], at time: Int64) {
        for summary in summaries {
            var line = line(summary.level, summary.key.module, summary.key.message, at: time)
            line.repeated = summary.count
            put(line)
        }
    }

    private func reportDropped(at time: Int64) {
        let count = sink.takeDropped()
        guard count > 0 else { return }
        var line = line(.warning, "log", "log lines dropped: the reader is too slow", at: time)
        line.more = [Attribute(AttributeKey(LogKey.dropped), .int(count))]
        put(line)
    }

    private func line(_ level: LogLevel, _ module: String, _ message: String, at time: Int64) -> LogLine {
        LogLine(
            time: time,
            level: level,
            module: module,
            message: message,
            span: .none,
            requestID: nil,
            fields: [],
            more: []
        )
    }

    private func put(_ line: LogLine) {
        sink.write { bytes in
            switch format {
            case .json(let format, _): format.append(line, to: &bytes)
            case .human(let format): format.append(line, to: &bytes)
            }
        }
    }
}
