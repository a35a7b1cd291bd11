/// Writes log lines of one module; a value that is cheap to copy.
///
/// The message is short and constant; what differs from line to line stands in fields. Trace and request ids come from
/// ``Context/current``.
public struct Logger: Sendable {
    private let output: LogOutput?
    private let level: LogLevels.Cell
    private let module: String
    private let fields: [Attribute]

    /// Makes a logger for a module; a library's logs no higher than `debug`.
    public init(_ module: String, to output: LogOutput) {
        self.init(output, output.levels.cell(of: module), module, [])
    }

    private init(_ output: LogOutput?, _ level: LogLevels.Cell, _ module: String, _ fields: [Attribute]) {
        self.output = output
        self.level = level
        self.module = module
        self.fields = fields
    }

    /// One that writes nothing.
    public static let silent = Logger(nil, LogLevels.Cell(.critical), "", [])

    /// One of another module, with the same fields.
    public func module(_ name: String) -> Logger {
        guard let output else { return self }
        return Logger(output, output.levels.cell(of: name), name, fields)
    }

    /// One that adds fields to all its lines.
    public func with(_ more: Attributes) -> Logger { Logger(output, level, module, fields + more.list) }

    /// Whether a line of this level would be written: check it before making expensive fields.
    public func isEnabled(_ level: LogLevel) -> Bool { output != nil && self.level.isEnabled(level) }

    /// Writes a line unless its level is too low; message and fields are not made then.
    public func log(
        _ level: LogLevel,
        _ message: @autoclosure () -> String,
        _ fields: @autoclosure () -> Attributes = Attributes()
    ) {
        guard let output, self.level.isEnabled(level) else { return }
        output.log(level, module, message(), self.fields, fields().list)
    }

    /// Every step.
    public func trace(
        _ message: @autoclosure () -> String,
        _ fields: @autoclosure () -> Attributes = Attributes()
    ) { log(.trace, message(), fields()) }

    /// One request.
    public func debug(
        _ message: @autoclosure () -> String,
        _ fields: @autoclosure () -> Attributes = Attributes()
    ) { log(.debug, message(), fields()) }

    /// The life of the process.
    public func info(
        _ message: @autoclosure () -> String,
        _ fields: @autoclosure () -> Attributes = Attributes()
    ) { log(.info, message(), fields()) }

    /// Degraded, yet served.
    public func warning(
        _ message: @autoclosure () -> String,
        _ fields: @autoclosure () -> Attributes = Attributes()
    ) { log(.warning, message(), fields()) }

    /// Somebody must act.
    public func error(
        _ message: @autoclosure () -> String,
        _ fields: @autoclosure () -> Attributes = Attributes()
    ) { log(.error, message(), fields()) }

    /// The process can't go on.
    public func critical(
        _ message: @autoclosure () -> String,
        _ fields: @autoclosure () -> Attributes = Attributes()
    ) { log(.critical, message(), fields()) }
}
